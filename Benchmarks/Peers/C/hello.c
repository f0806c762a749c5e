/* An HTTP server on libuv that says hello: what a hand-written C program reaches on one thread.
 *
 * It parses each request with http_parser, keeps connections alive, answers pipelined requests of
 * one read in one write, and sends a Date that is made once a second. */
#include <http_parser.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <uv.h>

enum { READ_BYTES = 64 * 1024, ANSWER_BYTES_MAX = 256, CONNECTIONS_MAX = 1024 };

typedef struct {
    uv_tcp_t stream;
    http_parser parser;
    unsigned answers;
    int closes;
} connection;

typedef struct {
    uv_write_t request;
    char bytes[];
} pending;

static char read_buffer[READ_BYTES];
static char answer[ANSWER_BYTES_MAX];
static size_t answer_bytes;
static http_parser_settings parsing;

static void make_answer(uv_timer_t *timer) {
    (void)timer;
    char date[64];
    time_t now = time(NULL);
    strftime(date, sizeof date, "%a, %d %b %Y %H:%M:%S GMT", gmtime(&now));
    answer_bytes = (size_t)snprintf(
        answer, sizeof answer,
        "HTTP/1.1 200 OK\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: 13\r\n"
        "Date: %s\r\n\r\nHello, world!", date);
}

static int request_ended(http_parser *parser) {
    connection *peer = parser->data;
    peer->answers += 1;
    peer->closes = !http_should_keep_alive(parser);
    return 0;
}

static void freed(uv_handle_t *handle) { free(handle->data); }

static void close_connection(connection *peer) {
    if (!uv_is_closing((uv_handle_t *)&peer->stream)) uv_close((uv_handle_t *)&peer->stream, freed);
}

static void written(uv_write_t *request, int status) {
    if (status < 0 && status != UV_ECANCELED) close_connection(request->handle->data);
    free(request);
}

static void answer_all(connection *peer) {
    size_t size = answer_bytes * peer->answers;
    pending *waiting = malloc(sizeof(pending) + size);
    for (unsigned number = 0; number < peer->answers; number++)
        memcpy(waiting->bytes + number * answer_bytes, answer, answer_bytes);
    peer->answers = 0;
    uv_buf_t buffer = uv_buf_init(waiting->bytes, (unsigned)size);
    int sent = uv_try_write((uv_stream_t *)&peer->stream, &buffer, 1);
    if (sent == (int)size || (sent < 0 && sent != UV_EAGAIN)) {
        free(waiting);
        if (sent < 0) close_connection(peer);
        return;
    }
    size_t taken = sent > 0 ? (size_t)sent : 0;
    buffer = uv_buf_init(waiting->bytes + taken, (unsigned)(size - taken));
    uv_write(&waiting->request, (uv_stream_t *)&peer->stream, &buffer, 1, written);
}

static void give_buffer(uv_handle_t *handle, size_t suggested, uv_buf_t *buffer) {
    (void)handle;
    (void)suggested;
    *buffer = uv_buf_init(read_buffer, sizeof read_buffer);
}

static void received(uv_stream_t *stream, ssize_t count, const uv_buf_t *buffer) {
    connection *peer = stream->data;
    if (count < 0) return close_connection(peer);
    size_t parsed = http_parser_execute(&peer->parser, &parsing, buffer->base, (size_t)count);
    if (peer->answers > 0) answer_all(peer);
    if (parsed != (size_t)count || peer->closes) close_connection(peer);
}

static void connected(uv_stream_t *listener, int status) {
    if (status < 0) return;
    connection *peer = calloc(1, sizeof *peer);
    uv_tcp_init(listener->loop, &peer->stream);
    peer->stream.data = peer;
    peer->parser.data = peer;
    http_parser_init(&peer->parser, HTTP_REQUEST);
    if (uv_accept(listener, (uv_stream_t *)&peer->stream) < 0) return close_connection(peer);
    uv_tcp_nodelay(&peer->stream, 1);
    uv_read_start((uv_stream_t *)&peer->stream, give_buffer, received);
}

int main(int count, char **arguments) {
    if (count != 2) {
        fprintf(stderr, "usage: hello PORT\n");
        return 2;
    }
    uv_loop_t *loop = uv_default_loop();
    uv_timer_t timer;
    uv_tcp_t listener;
    struct sockaddr_in address;
    parsing.on_message_complete = request_ended;
    make_answer(NULL);
    uv_timer_init(loop, &timer);
    uv_timer_start(&timer, make_answer, 1000, 1000);
    uv_tcp_init(loop, &listener);
    uv_ip4_addr("127.0.0.1", atoi(arguments[1]), &address);
    int code = uv_tcp_bind(&listener, (const struct sockaddr *)&address, 0);
    if (code == 0) code = uv_listen((uv_stream_t *)&listener, CONNECTIONS_MAX, connected);
    if (code < 0) {
        fprintf(stderr, "could not listen on port %s: %s\n", arguments[1], uv_strerror(code));
        return 1;
    }
    return uv_run(loop, UV_RUN_DEFAULT);
}
