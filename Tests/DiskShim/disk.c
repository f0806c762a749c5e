// Stands between a process and its disk (LD_PRELOAD), below one directory.
//
// It keeps a journal of all that is written, named and synced there, from which the chaos tests
// work out what a power cut would leave: what was synced, and of the rest whatever they like. And it
// fails when it is told to. DISK_ROOT is the directory, DISK_JOURNAL a file outside of it,
// DISK_FAULTS a file shared with the test that sets them: a byte for each fault, and behind those
// how often each has struck, in any process.
//
// A write or a name is noted before it is done and a sync after it is done, so a process that is
// killed in between never leaves more on its disk than the journal knows of. A failed sync is noted
// too: what it was to keep is lost for good, as on Linux, also where a later one succeeds.

#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

// The places of faults in DISK_FAULTS.
enum {
    FULL = 0,
    SYNC_FAILS = 1,
    SYNC_LIES = 2,
    DIES_BEFORE_NAMES_ARE_SYNCED = 3,
    WRITE_FAILS = 4,
    FAULTS = 8
};

// Begins every entry: a process that is killed while it writes one leaves it torn, and the next one
// follows at once.
static const uint64_t MARK = 0x216c616e72756f6a;  // "journal!"

struct note {
    uint64_t mark;
    uint32_t kind;  // 'W'rite, 'T'runcate, 'S'ynced, 'F'ailed to sync, 'C'reate, 'O'pen, 'R'ename,
                    // 'U'nlink, 'D'irectory synced
    uint32_t path_bytes;
    uint64_t file;  // the inode
    uint64_t at;    // an offset, a length, or how far the journal was when a sync began
    uint64_t data_bytes;
};

static char root[PATH_MAX];
static size_t root_bytes;
static int journal = -1;

struct faults {
    volatile uint8_t are_on[FAULTS];
    uint64_t strikes[FAULTS];
};
static struct faults *faults;

enum { DESCRIPTORS = 1 << 16 };
static uint8_t watched[DESCRIPTORS];

static int (*real_open)(const char *, int, ...);
static int (*real_openat)(int, const char *, int, ...);
static int (*real_close)(int);
static ssize_t (*real_write)(int, const void *, size_t);
static ssize_t (*real_pwrite)(int, const void *, size_t, off_t);
static ssize_t (*real_writev)(int, const struct iovec *, int);
static int (*real_ftruncate)(int, off_t);
static int (*real_fsync)(int);
static int (*real_fdatasync)(int);
static int (*real_renameat)(int, const char *, int, const char *);
static int (*real_unlinkat)(int, const char *, int);

__attribute__((constructor)) static void begin(void) {
    real_open = dlsym(RTLD_NEXT, "open");
    real_openat = dlsym(RTLD_NEXT, "openat");
    real_close = dlsym(RTLD_NEXT, "close");
    real_write = dlsym(RTLD_NEXT, "write");
    real_pwrite = dlsym(RTLD_NEXT, "pwrite");
    real_writev = dlsym(RTLD_NEXT, "writev");
    real_ftruncate = dlsym(RTLD_NEXT, "ftruncate");
    real_fsync = dlsym(RTLD_NEXT, "fsync");
    real_fdatasync = dlsym(RTLD_NEXT, "fdatasync");
    real_renameat = dlsym(RTLD_NEXT, "renameat");
    real_unlinkat = dlsym(RTLD_NEXT, "unlinkat");
    const char *directory = getenv("DISK_ROOT");
    const char *notes = getenv("DISK_JOURNAL");
    const char *switches = getenv("DISK_FAULTS");
    if (!directory || !notes || !switches || !realpath(directory, root)) return;
    root_bytes = strlen(root);
    int file = real_open(switches, O_RDWR | O_CLOEXEC);
    faults = mmap(NULL, sizeof *faults, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    if (file < 0 || faults == MAP_FAILED) abort();
    real_close(file);
    // High, because a worker's descriptors 3 and 4 are its host's.
    int low = real_open(notes, O_WRONLY | O_APPEND | O_CLOEXEC);
    journal = fcntl(low, F_DUPFD_CLOEXEC, 1000);
    if (journal < 0) journal = fcntl(low, F_DUPFD_CLOEXEC, 200);
    if (journal < 0) abort();
    real_close(low);
}

static int has(int fault) { return faults && faults->are_on[fault]; }

// True where a fault is on; that it struck is counted.
static int strikes(int fault) {
    if (!has(fault)) return 0;
    __atomic_fetch_add(&faults->strikes[fault], 1, __ATOMIC_RELAXED);
    return 1;
}

static uint64_t noted(void) {
    struct stat status;
    return fstat(journal, &status) == 0 ? (uint64_t)status.st_size : 0;
}

static void note(uint32_t kind, const char *path, uint64_t file, uint64_t at, const void *data,
                 size_t bytes) {
    struct note head = {MARK, kind, path ? strlen(path) : 0, file, at, bytes};
    struct iovec parts[3] = {
        {&head, sizeof head}, {(void *)path, head.path_bytes}, {(void *)data, bytes}};
    int saved = errno;
    // Appended whole: the kernel lets one writer at a time append.
    if (real_writev(journal, parts, 3) != (ssize_t)(sizeof head + head.path_bytes + bytes)) abort();
    errno = saved;
}

static int below_root(const char *path) {
    return strncmp(path, root, root_bytes) == 0 &&
           (path[root_bytes] == '/' || path[root_bytes] == 0);
}

static int path_of(int file, char *path) {
    char link[64];
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    ssize_t bytes = readlink(link, path, PATH_MAX - 1);
    if (bytes <= 0) return 0;
    path[bytes] = 0;
    return 1;
}

// Where `name` is, seen from `directory`; the last part need not exist.
static int resolve(int directory, const char *name, char *path) {
    char whole[PATH_MAX * 2], parent[PATH_MAX];
    if (name[0] == '/') {
        snprintf(whole, sizeof whole, "%s", name);
    } else {
        if (directory == AT_FDCWD ? !getcwd(parent, sizeof parent) : !path_of(directory, parent))
            return 0;
        snprintf(whole, sizeof whole, "%s/%s", parent, name);
    }
    char *slash = strrchr(whole, '/');
    const char *last = slash + 1;
    *slash = 0;
    if (!realpath(slash == whole ? "/" : whole, parent)) return 0;
    return snprintf(path, PATH_MAX, "%s/%s", parent, last) < PATH_MAX && below_root(path);
}

static int is_watched(int file) {
    return journal >= 0 && file >= 0 && file < DESCRIPTORS && watched[file];
}

static int opened(int file, int flags, int was_there) {
    char path[PATH_MAX];
    struct stat status;
    if (file < 0 || file >= DESCRIPTORS || journal < 0) return file;
    watched[file] = path_of(file, path) && below_root(path) && fstat(file, &status) == 0;
    if (!watched[file] || !S_ISREG(status.st_mode)) return file;
    if (!was_there)
        note('C', path, status.st_ino, 0, NULL, 0);
    else if ((flags & O_ACCMODE) != O_RDONLY)
        note('O', path, status.st_ino, 0, NULL, 0);
    if (flags & O_TRUNC) note('T', NULL, status.st_ino, 0, NULL, 0);
    return file;
}

static int open_at(int directory, const char *name, int flags, mode_t mode) {
    if (journal < 0) return real_openat(directory, name, flags, mode);
    int was_there = !(flags & O_CREAT) || faccessat(directory, name, F_OK, 0) == 0;
    char path[PATH_MAX];
    if (!was_there && has(FULL) && resolve(directory, name, path) && strikes(FULL)) {
        errno = ENOSPC;
        return -1;
    }
    return opened(real_openat(directory, name, flags, mode), flags, was_there);
}

#define MODE(flags)                                      \
    mode_t mode = 0;                                     \
    if ((flags) & (O_CREAT | __O_TMPFILE)) {             \
        va_list list;                                    \
        va_start(list, flags);                           \
        mode = va_arg(list, mode_t);                     \
        va_end(list);                                    \
    }

int open(const char *name, int flags, ...) {
    MODE(flags)
    if (!real_openat) begin();
    return open_at(AT_FDCWD, name, flags, mode);
}

int open64(const char *name, int flags, ...) {
    MODE(flags)
    if (!real_openat) begin();
    return open_at(AT_FDCWD, name, flags, mode);
}

int openat(int directory, const char *name, int flags, ...) {
    MODE(flags)
    if (!real_openat) begin();
    return open_at(directory, name, flags, mode);
}

int openat64(int directory, const char *name, int flags, ...) {
    MODE(flags)
    if (!real_openat) begin();
    return open_at(directory, name, flags, mode);
}

int close(int file) {
    if (!real_close) begin();
    if (file == journal && journal >= 0) return 0;
    if (file >= 0 && file < DESCRIPTORS) watched[file] = 0;
    return real_close(file);
}

// The inode of what is about to change; 0 where the disk is full, or fails, as every eighth time.
static uint64_t changing(int file, struct stat *status) {
    static unsigned changes;
    if (strikes(FULL)) {
        errno = ENOSPC;
        return 0;
    }
    if (has(WRITE_FAILS) && __atomic_add_fetch(&changes, 1, __ATOMIC_RELAXED) % 8 == 0) {
        strikes(WRITE_FAILS);
        errno = EIO;
        return 0;
    }
    return fstat(file, status) == 0 ? status->st_ino : 0;
}

ssize_t pwrite(int file, const void *data, size_t bytes, off_t at) {
    if (is_watched(file)) {
        struct stat status;
        uint64_t inode = changing(file, &status);
        if (!inode) return -1;
        note('W', NULL, inode, at, data, bytes);
    }
    return real_pwrite(file, data, bytes, at);
}

ssize_t pwrite64(int file, const void *data, size_t bytes, off64_t at) {
    return pwrite(file, data, bytes, at);
}

ssize_t write(int file, const void *data, size_t bytes) {
    if (!real_write) begin();
    if (is_watched(file)) {
        struct stat status;
        uint64_t inode = changing(file, &status);
        if (!inode) return -1;
        int appends = fcntl(file, F_GETFL) & O_APPEND;
        off_t at = appends ? status.st_size : lseek(file, 0, SEEK_CUR);
        note('W', NULL, inode, at, data, bytes);
    }
    return real_write(file, data, bytes);
}

ssize_t writev(int file, const struct iovec *parts, int count) {
    if (!real_writev) begin();
    if (!is_watched(file)) return real_writev(file, parts, count);
    ssize_t done = 0;
    for (int part = 0; part < count; part++) {
        ssize_t bytes = write(file, parts[part].iov_base, parts[part].iov_len);
        if (bytes < 0) return done ? done : -1;
        done += bytes;
    }
    return done;
}

int ftruncate(int file, off_t length) {
    if (is_watched(file)) {
        struct stat status;
        uint64_t inode = changing(file, &status);
        if (!inode) return -1;
        note('T', NULL, inode, length, NULL, 0);
    }
    return real_ftruncate(file, length);
}

int ftruncate64(int file, off64_t length) { return ftruncate(file, length); }

static int sync_with(int (*real)(int), int file) {
    struct stat status;
    char path[PATH_MAX];
    if (!is_watched(file) || fstat(file, &status) != 0) return real(file);
    int is_directory = S_ISDIR(status.st_mode);
    // Files have their names by now; in .roost they only wait for one.
    if (is_directory && has(DIES_BEFORE_NAMES_ARE_SYNCED) && path_of(file, path) &&
        !strstr(path, "/.roost") && strikes(DIES_BEFORE_NAMES_ARE_SYNCED))
        kill(getpid(), SIGKILL);
    uint64_t from = noted();
    if (strikes(SYNC_LIES)) return 0;
    int result = strikes(SYNC_FAILS) ? (errno = EIO, -1) : real(file);
    if (is_directory) {
        if (result == 0 && path_of(file, path)) note('D', path, status.st_ino, from, NULL, 0);
    } else {
        note(result == 0 ? 'S' : 'F', NULL, status.st_ino, from, NULL, 0);
    }
    return result;
}

int fsync(int file) { return sync_with(real_fsync, file); }
int fdatasync(int file) { return sync_with(real_fdatasync, file); }

int renameat(int from, const char *old, int to, const char *new) {
    char old_path[PATH_MAX], new_path[PATH_MAX];
    struct stat status;
    int is_noted = journal >= 0 && fstatat(from, old, &status, AT_SYMLINK_NOFOLLOW) == 0 &&
                   S_ISREG(status.st_mode) && resolve(from, old, old_path) &&
                   resolve(to, new, new_path);
    if (is_noted) note('R', old_path, status.st_ino, 0, new_path, strlen(new_path));
    int result = real_renameat(from, old, to, new);
    if (is_noted && result != 0)
        note('R', new_path, status.st_ino, 0, old_path, strlen(old_path));
    return result;
}

int rename(const char *old, const char *new) { return renameat(AT_FDCWD, old, AT_FDCWD, new); }

int unlinkat(int directory, const char *name, int flags) {
    char path[PATH_MAX];
    struct stat status;
    if (journal >= 0 && !(flags & AT_REMOVEDIR) &&
        fstatat(directory, name, &status, AT_SYMLINK_NOFOLLOW) == 0 &&
        resolve(directory, name, path))
        note('U', path, status.st_ino, 0, NULL, 0);
    return real_unlinkat(directory, name, flags);
}

int unlink(const char *name) { return unlinkat(AT_FDCWD, name, 0); }
