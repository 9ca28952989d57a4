/* The real system: what the kernel offers, and how it keeps the system clock. */
#include <errno.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <sys/timex.h>
#include <time.h>
#include <unistd.h>

#include "sysreal.h"

int real_clock_state(struct clock_state *state)
{
	struct timex tx = { .modes = 0 };

	if (adjtimex(&tx) < 0)
		return -errno;
	*state = (struct clock_state){ .unsynced = tx.status & STA_UNSYNC,
				       .kernel_pll = tx.status & (STA_PLL | STA_FLL),
				       .maxerror_us = tx.maxerror,
				       .tai_offset = tx.tai };
	return 0;
}

static bool has_pidfd(void)
{
#ifdef SYS_pidfd_open
	int fd = (int)syscall(SYS_pidfd_open, getpid(), 0);

	if (fd >= 0)
		close(fd);
	return fd >= 0;
#else
	return false;
#endif
}

/* A timer that ends when somebody steps the clock. */
static bool has_step_notice(void)
{
	struct itimerspec far = { .it_value.tv_sec = INT32_MAX };
	int flags = TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET;
	int fd = timerfd_create(CLOCK_REALTIME, TFD_CLOEXEC | TFD_NONBLOCK);
	int rc = fd < 0 ? -1 : timerfd_settime(fd, flags, &far, NULL);

	if (fd >= 0)
		close(fd);
	return rc == 0;
}

unsigned real_features(void)
{
	return (has_pidfd() ? FEATURE_PIDFD : 0) | (has_step_notice() ? FEATURE_STEP_NOTICE : 0);
}
