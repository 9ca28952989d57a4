#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
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
static bool with_syslog;
static struct budget budget[SUBSYSTEMS];

void log_open(int level, bool to_syslog)
{
	log_level = level;
	if (to_syslog && !with_syslog)
		openlog("ptpwarden", LOG_PID | LOG_NDELAY, LOG_DAEMON);
	else if (!to_syslog && with_syslog)
		closelog();
	with_syslog = to_syslog;
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
static bool put(const char *line, size_t len)
{
	struct pollfd out = { .fd = STDERR_FILENO, .events = POLLOUT };

	if (poll(&out, 1, 0) != 1 || !(out.revents & POLLOUT))
		return false;
	return write(STDERR_FILENO, line, len) == (ssize_t)len;
}

void log_write(int level, const char *subsystem, const char *fmt, ...)
{
	char raw[512], line[768];
	struct text t = text_in(line, sizeof(line) - 1);
	msec_t now = loop_now();
	struct budget *b = budget_of(subsystem);
	unsigned held_back;
	va_list ap;

	if (!afford(b, now, &held_back))
		return;
	if (held_back)
		text_add(&t, "ptpwarden[%lld.%03lld]: %s: %u lines were held back or lost\n",
			 (long long)(now / SEC), (long long)(now % SEC), subsystem, held_back);
	va_start(ap, fmt);
	vsnprintf(raw, sizeof(raw), fmt, ap);
	va_end(ap);
	text_add(&t, "ptpwarden[%lld.%03lld]: %s: ", (long long)(now / SEC), (long long)(now % SEC),
		 subsystem);
	text_add_escaped(&t, raw, strlen(raw));
	line[t.len++] = '\n';
	if (!put(line, t.len))
		b->held_back++;
	if (with_syslog)
		syslog(level, "%.*s", (int)t.len, line);
}
