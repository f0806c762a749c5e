/* Posts commands at a fixed rate, whatever the answers do: the open loop that wrk does not have.
 *
 * Each command carries the moment at which it was sent. A command that is due is sent at once, on
 * the next connection in turn, also when that one still waits for an answer; so a host that stalls
 * can't slow the sender down and hide its stall. */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { CONNECTIONS = 64, REQUEST_BYTES_MAX = 1024, ANSWER_SECONDS_MAX = 10 };

static const char status_mark[] = "HTTP/1.1 ";

typedef struct {
    unsigned matched; /* of status_mark */
    unsigned digits;
    unsigned status;
} answer_reader;

static struct pollfd sockets[CONNECTIONS];
static answer_reader readers[CONNECTIONS];
static long accepted, refused;

static void fail(const char *what) {
    fprintf(stderr, "could not %s: %s\n", what, strerror(errno));
    exit(1);
}

static long long now_nanoseconds(clockid_t clock) {
    struct timespec time;
    clock_gettime(clock, &time);
    return time.tv_sec * 1000000000LL + time.tv_nsec;
}

static void connect_all(int port) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((unsigned short)port)};
    inet_pton(AF_INET, "127.0.0.1", &address.sin_addr);
    for (int index = 0; index < CONNECTIONS; index++) {
        int descriptor = socket(AF_INET, SOCK_STREAM, 0), yes = 1;
        if (descriptor < 0) fail("make a socket");
        if (connect(descriptor, (struct sockaddr *)&address, sizeof address) < 0) fail("connect");
        setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
        fcntl(descriptor, F_SETFL, O_NONBLOCK);
        sockets[index] = (struct pollfd){.fd = descriptor, .events = POLLIN};
    }
}

static void send_command(int index, const char *path, const char *token) {
    char body[64], request[REQUEST_BYTES_MAX];
    int body_bytes = snprintf(
        body, sizeof body, "{\"data\":{\"sentMicroseconds\":%lld}}",
        now_nanoseconds(CLOCK_REALTIME) / 1000);
    int size = snprintf(
        request, sizeof request,
        "POST %s HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer %s\r\n"
        "Content-Type: application/json\r\nPrefer: respond-async\r\nContent-Length: %d\r\n\r\n%s",
        path, token, body_bytes, body);
    if (write(sockets[index].fd, request, (size_t)size) != size) fail("send a whole request");
}

/* Counts the answers in what was read; their bodies are JSON, which never holds the mark. */
static void count_answers(answer_reader *reader, const char *bytes, ssize_t size) {
    for (ssize_t index = 0; index < size; index++) {
        char byte = bytes[index];
        if (reader->matched < sizeof status_mark - 1) {
            reader->matched = byte == status_mark[reader->matched] ? reader->matched + 1
                                                                   : byte == status_mark[0];
            reader->digits = reader->status = 0;
        } else {
            reader->status = reader->status * 10 + (unsigned)(byte - '0');
            if (++reader->digits < 3) continue;
            *(reader->status == 202 ? &accepted : &refused) += 1;
            reader->matched = 0;
        }
    }
}

static void read_answers(void) {
    static char bytes[64 * 1024];
    for (int index = 0; index < CONNECTIONS; index++) {
        if (!sockets[index].revents) continue;
        ssize_t size = read(sockets[index].fd, bytes, sizeof bytes);
        if (size == 0) errno = ECONNRESET;
        if (size == 0 || (size < 0 && errno != EAGAIN)) fail("read an answer");
        if (size > 0) count_answers(&readers[index], bytes, size);
    }
}

static void wait_until(long long moment) {
    long long rest = moment - now_nanoseconds(CLOCK_MONOTONIC);
    if (rest < 0) rest = 0;
    struct timespec limit = {.tv_sec = rest / 1000000000, .tv_nsec = rest % 1000000000};
    int ready = ppoll(sockets, CONNECTIONS, &limit, NULL);
    if (ready < 0 && errno != EINTR) fail("wait for answers");
    if (ready > 0) read_answers();
}

int main(int count, char **arguments) {
    if (count != 6) {
        fprintf(stderr, "usage: pace PORT PATH TOKEN RATE SECONDS\n");
        return 2;
    }
    long rate = atol(arguments[4]), total = rate * atol(arguments[5]), sent = 0;
    long long late_max = 0, interval = 1000000000LL / rate;
    prctl(PR_SET_TIMERSLACK, 1UL);
    connect_all(atoi(arguments[1]));
    long long next = now_nanoseconds(CLOCK_MONOTONIC) + interval;
    while (sent < total) {
        long long late = now_nanoseconds(CLOCK_MONOTONIC) - next;
        if (late < 0) {
            wait_until(next);
            continue;
        }
        if (late > late_max) late_max = late;
        send_command((int)(sent % CONNECTIONS), arguments[2], arguments[3]);
        sent += 1;
        next += interval;
    }
    long long deadline = now_nanoseconds(CLOCK_MONOTONIC) + ANSWER_SECONDS_MAX * 1000000000LL;
    while (accepted + refused < sent && now_nanoseconds(CLOCK_MONOTONIC) < deadline)
        wait_until(deadline);
    printf(
        "{\"sent\":%ld,\"accepted\":%ld,\"refused\":%ld,\"senderLateMicrosecondsMax\":%lld}\n", sent,
        accepted, refused, late_max / 1000);
    return 0;
}
