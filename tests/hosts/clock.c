/* A clock for tests: preloaded into a server, it answers every question for the time of day from a file of 16 bytes, so
 * that unmodified binaries judge at the time that a case names; or it runs, but so many seconds ahead or behind.
 * Monotonic clocks go on as they are. */

#define _GNU_SOURCE
#include <endian.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

/* Seconds since 1970 and nanoseconds, both little-endian; the test writes them while no request is under way. */
static const volatile int64_t *shown;

/* By how many seconds the time of day is wrong. */
static int64_t ahead;

/* A clock that cannot be set would let every case be judged at the real time: better no server at all. */
static void fail(const char *why, size_t len)
{
    ssize_t written = write(2, why, len);
    (void)written;
    _exit(99);
}

__attribute__((constructor)) static void begin(void)
{
    const char *path = getenv("DOORWARD_TEST_CLOCK"), *seconds = getenv("DOORWARD_TEST_CLOCK_AHEAD");
    if (seconds != NULL) {
        ahead = strtoll(seconds, NULL, 10);
    }
    if (path == NULL) {
        return;
    }
    int file = open(path, O_RDONLY | O_CLOEXEC);
    void *bytes = file < 0 ? MAP_FAILED : mmap(NULL, 16, PROT_READ, MAP_SHARED, file, 0);
    if (bytes == MAP_FAILED) {
        static const char why[] = "clock: the file of DOORWARD_TEST_CLOCK cannot be mapped\n";
        fail(why, sizeof why - 1);
    }
    close(file);
    shown = bytes;
}

static int64_t part(int which)
{
    return (int64_t)le64toh((uint64_t)shown[which]);
}

int clock_gettime(clockid_t clock, struct timespec *out)
{
    int of_day = clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE;
    if (shown != NULL && of_day) {
        out->tv_sec = part(0);
        out->tv_nsec = part(1);
        return 0;
    }
    /* Not dlsym: other libraries ask for the time before a lookup would work. */
    int failed = (int)syscall(SYS_clock_gettime, clock, out);
    if (failed == 0 && of_day) {
        out->tv_sec += ahead;
    }
    return failed;
}

int gettimeofday(struct timeval *restrict out, void *restrict zone)
{
    if (shown == NULL) {
        int failed = (int)syscall(SYS_gettimeofday, out, zone);
        if (failed == 0) {
            out->tv_sec += ahead;
        }
        return failed;
    }
    out->tv_sec = part(0);
    out->tv_usec = part(1) / 1000;
    return 0;
}

time_t time(time_t *out)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    if (out != NULL) {
        *out = now.tv_sec;
    }
    return now.tv_sec;
}
