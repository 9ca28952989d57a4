/*
 * A clock that takes every correction and does not move, to be put before ptp4l and phc2sys with
 * LD_PRELOAD: unmodified daemons reach SLAVE and lock without the right to touch a clock, and any
 * device, /dev/null for one, serves as a PTP clock that shows the system's time. After SIGUSR2 the
 * process turns in circles for ever.
 */
#include <linux/ptp_clock.h>
#include <signal.h>
#include <stdarg.h>
#include <sys/syscall.h>
#include <sys/timex.h>
#include <time.h>
#include <unistd.h>

enum { PPM = 1 << 16 };		/* struct timex counts in 2^-16 ppm */

static long frequency;

static void spin(int sig)
{
	for (volatile unsigned turns = 0;; turns++)
		;
}

static void __attribute__((constructor)) begin(void)
{
	signal(SIGUSR2, spin);
}

int clock_adjtime(clockid_t clock, struct timex *t)
{
	if (t->modes & ADJ_FREQUENCY)
		frequency = t->freq;
	t->freq = frequency;
	t->tolerance = 500 * PPM;
	t->tick = 10000;
	return 0;
}

int clock_settime(clockid_t clock, const struct timespec *to)
{
	return 0;
}

/* the clock of a device has a negative number */
int clock_gettime(clockid_t clock, struct timespec *now)
{
	return (int)syscall(SYS_clock_gettime, clock < 0 ? CLOCK_REALTIME : clock, now);
}

static int sample(struct ptp_sys_offset *o)
{
	struct timespec now;

	for (unsigned i = 0; i <= 2 * o->n_samples; i++) {
		clock_gettime(CLOCK_REALTIME, &now);
		o->ts[i].sec = now.tv_sec;
		o->ts[i].nsec = (unsigned)now.tv_nsec;
	}
	return 0;
}

int ioctl(int fd, unsigned long request, ...)
{
	va_list args;
	void *arg;

	va_start(args, request);
	arg = va_arg(args, void *);
	va_end(args);
	if (request == PTP_CLOCK_GETCAPS) {
		*(struct ptp_clock_caps *)arg = (struct ptp_clock_caps){ .max_adj = 500000 };
		return 0;
	}
	if (request == PTP_SYS_OFFSET)
		return sample(arg);
	return (int)syscall(SYS_ioctl, fd, request, arg);
}
