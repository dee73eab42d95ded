/* Preloaded: wall clocks show so many seconds more as the file CLOCK_OFFSET_FILE says. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static int64_t offset(void) {
  static int file = -2;
  int64_t seconds = 0;
  if (file == -2) {
    const char *name = getenv("CLOCK_OFFSET_FILE");
    file = name == NULL ? -1 : open(name, O_RDONLY | O_CLOEXEC);
  }
  if (file < 0 || pread(file, &seconds, sizeof seconds, 0) != sizeof seconds) {
    return 0;
  }
  return seconds;
}

int clock_gettime(clockid_t clock, struct timespec *now) {
  int result = (int)syscall(SYS_clock_gettime, clock, now);
  if (result == 0 && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) {
    now->tv_sec += offset();
  }
  return result;
}

int gettimeofday(struct timeval *restrict now, void *restrict zone) {
  struct timespec exact;
  (void)zone;
  if (clock_gettime(CLOCK_REALTIME, &exact) != 0) {
    return -1;
  }
  now->tv_sec = exact.tv_sec;
  now->tv_usec = exact.tv_nsec / 1000;
  return 0;
}
