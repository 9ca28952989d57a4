#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "log.h"
#include "loop.h"
#include "text.h"

enum { SUBSYSTEMS = 16 };

/* Lines of one subsystem in the present ten seconds. */
struct budget {
	const char *subsystem;
	msec_t since;
	unsigned written, held_back;
};

int log_level = LOG_INFO;
static struct sockaddr_un syslogd;	/* no path: lines go to stderr only */
static int syslog_fd = -1;
static struct budget budget[SUBSYSTEMS];

static int disconnect(void)
{
	if (syslog_fd >= 0)
		close(syslog_fd);
	syslog_fd = -1;
	return -1;
}

void log_open(int level, const char *syslog_path)
{
	log_level = level;
	(void)disconnect();
	syslogd = (struct sockaddr_un){ .sun_family = AF_UNIX };
	if (syslog_path)
		snprintf(syslogd.sun_path, sizeof(syslogd.sun_path), "%s", syslog_path);
}

static struct budget *budget_of(const char *subsystem)
{
	for (unsigned i = 0; i < SUBSYSTEMS; i++) {
		if (!budget[i].subsystem)
			budget[i].subsystem = subsystem;
		if (!strcmp(budget[i].subsystem, subsystem))
			return &budget[i];
	}
	return &budget[SUBSYSTEMS - 1];
}

/* Anything a child can provoke must not fill a disk: false when the line is held back. */
static bool afford(struct budget *b, msec_t now, unsigned *held_back)
{
	*held_back = 0;
	if (now - b->since >= 10 * SEC) {
		*held_back = b->held_back;
		b->since = now;
		b->written = b->held_back = 0;
	}
	if (b->written >= LOG_BURST) {
		b->held_back++;
		return false;
	}
	b->written++;
	return true;
}

/* stderr may be a pipe that nobody reads: a line that does not fit is lost, the loop goes on. */
static bool to_stderr(const char *line, size_t len)
{
	struct pollfd out = { .fd = STDERR_FILENO, .events = POLLOUT };

	if (poll(&out, 1, 0) != 1 || !(out.revents & POLLOUT))
		return false;
	return write(STDERR_FILENO, line, len) == (ssize_t)len;
}

static int connected(void)
{
	if (syslog_fd >= 0)
		return syslog_fd;
	syslog_fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (syslog_fd >= 0 && connect(syslog_fd, (struct sockaddr *)&syslogd, sizeof(syslogd)) < 0)
		return disconnect();
	return syslog_fd;
}

/* libc's syslog() waits for a log daemon that does not read: the units would wait with us. */
static void to_syslogd(int level, msec_t mono, const char *text)
{
	char line[768], stamp[32] = "";
	struct text t = text_in(line, sizeof(line));
	time_t now = time(NULL);
	struct tm tm;

	if (localtime_r(&now, &tm))
		strftime(stamp, sizeof(stamp), "%b %e %T ", &tm);
	/* as linuxptp writes it, so that its lines and ours can be put side by side */
	text_add(&t, "<%d>%sptpwarden[%d]: [%lld.%03lld] %s", LOG_DAEMON | level, stamp,
		 (int)getpid(), (long long)(mono / SEC), (long long)(mono % SEC), text);
	for (int tries = 0; tries < 2 && connected() >= 0; tries++) {
		if (send(syslog_fd, line, t.len, MSG_DONTWAIT | MSG_NOSIGNAL) >= 0 ||
		    errno == EAGAIN || errno == ENOBUFS)
			return;
		(void)disconnect();	/* it was started anew */
	}
}

static bool emit(int level, msec_t now, const char *subsystem, const char *text)
{
	char line[800], *start;
	struct text t = text_in(line, sizeof(line) - 1);

	text_add(&t, "ptpwarden[%lld.%03lld]: ", (long long)(now / SEC), (long long)(now % SEC));
	start = line + t.len;
	text_add(&t, "%s: ", subsystem);
	text_add_escaped(&t, text, strlen(text));
	if (syslogd.sun_path[0])
		to_syslogd(level, now, start);
	line[t.len++] = '\n';
	return to_stderr(line, t.len);
}

void log_write(int level, const char *subsystem, const char *fmt, ...)
{
	char text[512], held[48];
	msec_t now = loop_now();
	struct budget *b = budget_of(subsystem);
	unsigned held_back;
	va_list ap;

	if (!afford(b, now, &held_back))
		return;
	if (held_back) {
		snprintf(held, sizeof(held), "%u lines were held back or lost", held_back);
		(void)emit(level, now, subsystem, held);
	}
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	if (!emit(level, now, subsystem, text))
		b->held_back++;
}
