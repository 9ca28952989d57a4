/* The real system: questions that may wait for a device, a program or a name service. */
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/ptp_clock.h>
#include <poll.h>
#include <pwd.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/timex.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sysreal.h"

enum {
	RATE_OVER_MS = 10,
	RATE_READS = 5,		/* of which the quickest counts */
	VERSION_WITHIN_MS = 2000,
};

int phc_clock_id(int fd, clockid_t *id)
{
	if (fd < 0)
		return -EBADF;
	*id = (clockid_t)((~(unsigned)fd << 3) | 3);
	return 0;
}

static int64_t ns_of(const struct timespec *t)
{
	return (int64_t)t->tv_sec * 1000000000 + t->tv_nsec;
}

struct sample {
	int64_t phc, raw, width;	/* nanoseconds */
};

static int read_once(clockid_t clock, struct sample *s)
{
	struct timespec before, phc, after;

	clock_gettime(CLOCK_MONOTONIC_RAW, &before);
	if (clock_gettime(clock, &phc) < 0)
		return -errno;
	clock_gettime(CLOCK_MONOTONIC_RAW, &after);
	s->phc = ns_of(&phc);
	s->width = ns_of(&after) - ns_of(&before);
	s->raw = ns_of(&before) + s->width / 2;
	return 0;
}

static int read_well(clockid_t clock, struct sample *best)
{
	struct sample s;
	int rc;

	best->width = INT64_MAX;
	for (int i = 0; i < RATE_READS; i++) {
		rc = read_once(clock, &s);
		if (rc < 0)
			return rc;
		if (s.width < best->width)
			*best = s;
	}
	return 0;
}

static int measure_rate(clockid_t clock, struct phc_info *phc)
{
	const struct timespec pause = { .tv_nsec = RATE_OVER_MS * 1000000 };
	struct sample a, b;
	int rc = read_well(clock, &a);

	if (rc == 0) {
		clock_nanosleep(CLOCK_MONOTONIC, 0, &pause, NULL);
		rc = read_well(clock, &b);
	}
	if (rc < 0 || b.raw <= a.raw)
		return rc;
	phc->rate = (double)(b.phc - a.phc) / (double)(b.raw - a.raw);
	phc->rate_error = (double)(a.width + b.width) / (double)(b.raw - a.raw);
	phc->rate_known = true;
	phc->phc_s = b.phc / 1000000000;
	return 0;
}

static void read_frequency(clockid_t clock, struct phc_info *phc)
{
	struct timex tx = { .modes = 0 };

	phc->freq_known = clock_adjtime(clock, &tx) >= 0;
	phc->freq_ppb = (double)tx.freq * 1000 / 65536;
}

static int ask_clock(int fd, struct phc_info *phc)
{
	struct ptp_clock_caps caps = { 0 };
	struct timespec now;
	clockid_t clock;
	int rc = phc_clock_id(fd, &clock);

	if (rc < 0)
		return rc;
	if (ioctl(fd, PTP_CLOCK_GETCAPS, &caps) < 0)
		return -errno;
	phc->max_adj_ppb = caps.max_adj;
	phc->extts = caps.n_ext_ts;
	phc->perout = caps.n_per_out;
	phc->pins = caps.n_pins;
	phc->pps = caps.pps;
	rc = measure_rate(clock, phc);
	read_frequency(clock, phc);
	clock_gettime(CLOCK_REALTIME, &now);
	phc->system_s = now.tv_sec;
	return rc;
}

int real_phc(const char *node, struct phc_info *phc)
{
	struct phc_info answer = { .writable = true };
	int fd = open(node, O_RDWR | O_CLOEXEC | O_NOCTTY | O_NONBLOCK), rc;

	if (fd < 0 && (errno == EACCES || errno == EROFS)) {
		answer.writable = false;
		fd = open(node, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	}
	if (fd < 0)
		return -errno;
	rc = ask_clock(fd, &answer);
	close(fd);
	if (rc == 0)
		*phc = answer;
	return rc;
}

static void version_child(const char *program, char *const env[], int out, int failed)
{
	char *argv[] = { (char *)program, "-v", NULL };
	char *none[] = { NULL };
	int null = open("/dev/null", O_RDWR);
	sigset_t empty;

	sigemptyset(&empty);
	sigprocmask(SIG_SETMASK, &empty, NULL);
	if (null >= 0 && dup2(null, 0) == 0 && dup2(out, 1) == 1 && dup2(out, 2) == 2)
		execve(program, argv, env ? env : none);
	if (write(failed, &errno, sizeof(errno)) < 0)
		_exit(126);
	_exit(127);
}

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return ns_of(&now) / 1000000;
}

/* Until the end of the pipe; a program that does not end in time is ended. */
static int read_version(int fd, pid_t pid, char *text, size_t size)
{
	int64_t until = now_ms() + VERSION_WITHIN_MS, left;
	struct pollfd p = { .fd = fd, .events = POLLIN };
	size_t used = 0;
	int status = 0;
	ssize_t n = 1;

	while (n > 0 && used < size - 1 && (left = until - now_ms()) > 0)
		if (poll(&p, 1, (int)left) == 1) {
			n = read(fd, text + used, size - 1 - used);
			used += n > 0 ? (size_t)n : 0;
		}
	text[used] = '\0';
	if (n > 0)
		kill(pid, SIGKILL);
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return -errno;
	return n > 0 ? -ETIMEDOUT : status;
}

static void close_pair(int p[2])
{
	for (int i = 0; i < 2; i++)
		if (p[i] >= 0)
			close(p[i]);
}

int real_version(const char *program, char *const env[], char *text, size_t size)
{
	int out[2] = { -1, -1 }, failed[2] = { -1, -1 };
	int why = 0, rc;
	pid_t pid;

	if (pipe2(out, O_CLOEXEC) < 0 || pipe2(failed, O_CLOEXEC) < 0 || (pid = fork()) < 0) {
		rc = -errno;
		goto done;
	}
	if (pid == 0)
		version_child(program, env, out[1], failed[1]);
	close(out[1]);
	close(failed[1]);
	out[1] = failed[1] = -1;
	rc = read_version(out[0], pid, text, size);
	if (read(failed[0], &why, sizeof(why)) == sizeof(why))
		rc = -why;
done:
	close_pair(out);
	close_pair(failed);
	return rc;
}

int real_account(const char *user, struct account *account)
{
	int n = PROBE_GROUPS_MAX, rc;
	char buf[4096], *end;
	struct passwd pw, *found = NULL;
	unsigned long number = strtoul(user, &end, 10);

	if (*user && !*end)
		rc = getpwuid_r((uid_t)number, &pw, buf, sizeof(buf), &found);
	else
		rc = getpwnam_r(user, &pw, buf, sizeof(buf), &found);
	if (rc)
		return -rc;
	if (!found)
		return -ENOENT;
	account->uid = pw.pw_uid;
	account->gid = pw.pw_gid;
	if (getgrouplist(pw.pw_name, pw.pw_gid, account->group, &n) < 0)
		n = PROBE_GROUPS_MAX;
	account->n = (unsigned)n;
	return 0;
}
