/*
 * LD_PRELOAD shim: keeps a journal of what a program asks of the files in one folder, so that afterwards the folder can be
 * put into a state that a power cut could have left (power-cut.ts does that). The calls themselves go through, without
 * waiting for a real disk; a write or sync that promises durability takes POWER_CUT_LATENCY_US, so that cuts fall into it.
 *
 *   POWER_CUT_FOLDER      the folder, absolute
 *   POWER_CUT_JOURNAL     file that entries are appended to
 *   POWER_CUT_SYNC        "off": nothing is ever synced (the control run)
 *   POWER_CUT_LATENCY_US  0 when unset
 *
 * The journal lives in the page cache, which the death of the program does not touch. Entry (little endian): kind u8,
 * durable u8, path length u16, second path length u16, zero u16, operation u64, inode u64, offset u64, data length u64,
 * then path, second path, data.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

enum { CREATE = 1, WRITE_BEGIN, WRITE_END, SYNC_BEGIN, SYNC_END, FOLDER_SYNC, TRUNCATE, RENAME, UNLINK };

struct entry {
  uint8_t kind, durable;
  uint16_t path, second, zero;
  uint64_t operation, inode, offset, data;
} __attribute__((packed));

struct tracked {
  int known, folder, durable;
  uint64_t inode;
};

#define FDS 4096
static struct tracked fds[FDS];
static char folder[PATH_MAX];
static size_t folder_length;
static int journal = -1, sync_off;
static useconds_t latency;
static atomic_ullong operations = 1;

static int (*real_openat)(int, const char *, int, ...);
static int (*real_close)(int);
static ssize_t (*real_write)(int, const void *, size_t);
static ssize_t (*real_writev)(int, const struct iovec *, int);
static ssize_t (*real_pwrite)(int, const void *, size_t, off_t);
static ssize_t (*real_pwritev)(int, const struct iovec *, int, off_t);
static int (*real_fsync)(int);
static int (*real_fdatasync)(int);
static int (*real_ftruncate)(int, off_t);
static int (*real_rename)(const char *, const char *);
static int (*real_unlink)(const char *);

__attribute__((constructor)) static void start(void) {
  if (real_openat != NULL) return;
  real_openat = dlsym(RTLD_NEXT, "openat");
  real_close = dlsym(RTLD_NEXT, "close");
  real_write = dlsym(RTLD_NEXT, "write");
  real_writev = dlsym(RTLD_NEXT, "writev");
  real_pwrite = dlsym(RTLD_NEXT, "pwrite");
  real_pwritev = dlsym(RTLD_NEXT, "pwritev");
  real_fsync = dlsym(RTLD_NEXT, "fsync");
  real_fdatasync = dlsym(RTLD_NEXT, "fdatasync");
  real_ftruncate = dlsym(RTLD_NEXT, "ftruncate");
  real_rename = dlsym(RTLD_NEXT, "rename");
  real_unlink = dlsym(RTLD_NEXT, "unlink");
  const char *in = getenv("POWER_CUT_FOLDER"), *to = getenv("POWER_CUT_JOURNAL"), *sync = getenv("POWER_CUT_SYNC");
  const char *wait = getenv("POWER_CUT_LATENCY_US");
  if (in == NULL || to == NULL) return;
  folder_length = strlen(in);
  memcpy(folder, in, folder_length + 1);
  sync_off = sync != NULL && strcmp(sync, "off") == 0;
  latency = wait == NULL ? 0 : (useconds_t)atoi(wait);
  journal = real_openat(AT_FDCWD, to, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
}

/* SQLite's lock and its journal are not data. */
static int is_ours(const char *path) {
  if (journal < 0 || path == NULL || strncmp(path, folder, folder_length) != 0) return 0;
  if (path[folder_length] == '\0') return 1;
  return path[folder_length] == '/' && strstr(path, "lock.db") == NULL;
}

static void note(struct entry entry, const char *path, const char *second, const struct iovec *data, int parts) {
  struct iovec all[3 + 64];
  entry.path = path == NULL ? 0 : strlen(path);
  entry.second = second == NULL ? 0 : strlen(second);
  int n = 0;
  all[n++] = (struct iovec){&entry, sizeof entry};
  if (entry.path > 0) all[n++] = (struct iovec){(void *)path, entry.path};
  if (entry.second > 0) all[n++] = (struct iovec){(void *)second, entry.second};
  for (int i = 0; i < parts && i < 64; i++) {
    entry.data += data[i].iov_len;
    all[n++] = data[i];
  }
  int saved = errno;
  (void)!real_writev(journal, all, n);
  errno = saved;
}

/* Node closes files past our close(), and their numbers come back as sockets: look what it is now. */
static struct tracked *tracked(int fd) {
  if (fd < 0 || fd >= FDS || !fds[fd].known) return NULL;
  struct stat now;
  if (fstat(fd, &now) == 0 && now.st_ino == fds[fd].inode && !S_ISSOCK(now.st_mode)) return &fds[fd];
  fds[fd].known = 0;
  return NULL;
}

static int opened(int at, const char *path, int flags, mode_t mode) {
  start();
  if (at != AT_FDCWD || !is_ours(path)) return real_openat(at, path, flags, mode);
  struct stat before, after;
  int existed = stat(path, &before) == 0;
  int durable = (flags & (O_DSYNC | O_SYNC)) != 0 && !sync_off;
  int fd = real_openat(at, path, flags & ~(O_DSYNC | O_SYNC), mode);
  if (fd < 0 || fd >= FDS || fstat(fd, &after) != 0) return fd;
  if (!existed) note((struct entry){.kind = CREATE, .inode = after.st_ino}, path, NULL, NULL, 0);
  else if (flags & O_TRUNC) note((struct entry){.kind = TRUNCATE, .inode = after.st_ino}, NULL, NULL, NULL, 0);
  fds[fd] = (struct tracked){1, S_ISDIR(after.st_mode), durable, after.st_ino};
  return fd;
}

static mode_t mode_of(int flags, va_list rest) {
  return (flags & O_CREAT) || (flags & O_TMPFILE) == O_TMPFILE ? va_arg(rest, mode_t) : 0;
}

#define OPEN(name)                              \
  int name(const char *path, int flags, ...) {  \
    va_list rest;                               \
    va_start(rest, flags);                      \
    mode_t mode = mode_of(flags, rest);         \
    va_end(rest);                               \
    return opened(AT_FDCWD, path, flags, mode); \
  }
#define OPENAT(name)                                    \
  int name(int at, const char *path, int flags, ...) {  \
    va_list rest;                                       \
    va_start(rest, flags);                              \
    mode_t mode = mode_of(flags, rest);                 \
    va_end(rest);                                       \
    return opened(at, path, flags, mode);               \
  }
OPEN(open)
OPEN(open64)
OPENAT(openat)
OPENAT(openat64)

int close(int fd) {
  start();
  if (fd >= 0 && fd < FDS) fds[fd].known = 0;
  return real_close(fd);
}

static ssize_t written(int fd, const struct iovec *data, int parts, off_t offset) {
  struct tracked *file = tracked(fd);
  int here = offset < 0;
  if (file == NULL) return here ? real_writev(fd, data, parts) : real_pwritev(fd, data, parts, offset);
  off_t at = here ? lseek(fd, 0, SEEK_CUR) : offset;
  struct entry entry = {.durable = file->durable, .operation = atomic_fetch_add(&operations, 1), .inode = file->inode, .offset = at};
  entry.kind = WRITE_BEGIN;
  note(entry, NULL, NULL, data, parts);
  if (file->durable && latency > 0) usleep(latency);
  ssize_t result = here ? real_writev(fd, data, parts) : real_pwritev(fd, data, parts, offset);
  entry.kind = WRITE_END;
  entry.offset = result < 0 ? 0 : (uint64_t)result;
  note(entry, NULL, NULL, NULL, 0);
  return result;
}

ssize_t write(int fd, const void *bytes, size_t length) {
  if (tracked(fd) == NULL) return real_write(fd, bytes, length);
  return written(fd, &(struct iovec){(void *)bytes, length}, 1, -1);
}
ssize_t writev(int fd, const struct iovec *data, int parts) { return written(fd, data, parts, -1); }
static ssize_t pwritten(int fd, const void *bytes, size_t length, off_t offset) {
  if (tracked(fd) == NULL) return real_pwrite(fd, bytes, length, offset);
  return written(fd, &(struct iovec){(void *)bytes, length}, 1, offset);
}
ssize_t pwrite(int fd, const void *bytes, size_t length, off_t offset) { return pwritten(fd, bytes, length, offset); }
ssize_t pwrite64(int fd, const void *bytes, size_t length, off_t offset) { return pwritten(fd, bytes, length, offset); }
ssize_t pwritev(int fd, const struct iovec *data, int parts, off_t offset) { return written(fd, data, parts, offset); }
ssize_t pwritev64(int fd, const struct iovec *data, int parts, off_t offset) { return written(fd, data, parts, offset); }

/* Writes that have ended before the sync begins are covered by it; others need not be. */
static int synced(int fd, int (*call)(int)) {
  struct tracked *file = tracked(fd);
  if (file == NULL) return call(fd);
  if (sync_off) return 0;
  struct entry entry = {.operation = atomic_fetch_add(&operations, 1), .inode = file->inode};
  entry.kind = SYNC_BEGIN;
  note(entry, NULL, NULL, NULL, 0);
  if (latency > 0) usleep(latency);
  entry.kind = file->folder ? FOLDER_SYNC : SYNC_END;
  note(entry, NULL, NULL, NULL, 0);
  return 0;
}
int fsync(int fd) { return synced(fd, real_fsync); }
int fdatasync(int fd) { return synced(fd, real_fdatasync); }

static int truncated(int fd, off_t length) {
  struct tracked *file = tracked(fd);
  if (file != NULL) note((struct entry){.kind = TRUNCATE, .inode = file->inode, .offset = length}, NULL, NULL, NULL, 0);
  return real_ftruncate(fd, length);
}
int ftruncate(int fd, off_t length) { return truncated(fd, length); }
int ftruncate64(int fd, off_t length) { return truncated(fd, length); }

int rename(const char *from, const char *to) {
  int result = real_rename(from, to);
  if (result == 0 && is_ours(from) && is_ours(to)) note((struct entry){.kind = RENAME}, from, to, NULL, 0);
  return result;
}

int unlink(const char *path) {
  int result = real_unlink(path);
  if (result == 0 && is_ours(path)) note((struct entry){.kind = UNLINK}, path, NULL, NULL, 0);
  return result;
}
