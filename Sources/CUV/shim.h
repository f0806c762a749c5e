#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>
#include <uv.h>

/* uv_loop_configure takes variable arguments, which Swift can't call. */
static inline int uv_loop_configure_idle_time(uv_loop_t *loop) {
  return uv_loop_configure(loop, UV_METRICS_IDLE_TIME);
}

/* prctl takes variable arguments too. */
static inline int process_set_parent_death_signal(int signal) {
  return prctl(PR_SET_PDEATHSIG, signal, 0, 0, 0);
}

/* glibc hides tgkill behind _GNU_SOURCE, and syscall takes variable arguments. */
static inline int thread_signal(int process, int thread, int signal) {
  return (int)syscall(SYS_tgkill, process, thread, signal);
}

/* stdout is a variable, which Swift takes for shared mutable state. */
static inline void stdout_buffer_lines(void) { setvbuf(stdout, NULL, _IOLBF, 0); }

/* Entries of a directory as the kernel gives them; glibc hides getdents64 behind _GNU_SOURCE. */
static inline long directory_entries(int descriptor, void *buffer, unsigned long size) {
  return syscall(SYS_getdents64, descriptor, buffer, size);
}

/* The kind of file system that a file lies on, or 0; Swift's Glibc leaves statfs out. */
static inline unsigned long file_system_type(int descriptor) {
  struct statfs status;
  return fstatfs(descriptor, &status) == 0 ? (unsigned long)status.f_type : 0;
}
