#include "proclook.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "supervisor/proc.h"

enum { EATS_PERCENT = 90 };

/* The value of field `n` of proc(5), from 3, given what follows the name in parentheses. */
static int64_t field(const char *fields, unsigned n)
{
	for (unsigned i = 3; i < n && fields; i++) {
		fields = strchr(fields, ' ');
		fields = fields ? fields + 1 : NULL;
	}
	return fields ? strtoll(fields, NULL, 10) : -1;
}

static void note_state(struct proc_seen *seen, char state, msec_t now)
{
	if (state == seen->state)
		return;
	seen->state = state;
	seen->state_since = now;
}

static void note_cpu(struct proc_seen *seen, int64_t cpu_ms, msec_t now)
{
	msec_t span = now - seen->cpu_at;

	if (seen->cpu_at != MSEC_NONE && span < PROCLOOK_CPU_MS)
		return;
	if (seen->cpu_at == MSEC_NONE || cpu_ms < seen->cpu_ms) {
		seen->cpu_percent = -1;
		seen->eats_since = MSEC_NONE;
	} else {
		seen->cpu_percent = (int)((cpu_ms - seen->cpu_ms) * 100 / span);
		if (seen->cpu_percent < EATS_PERCENT)
			seen->eats_since = MSEC_NONE;
		else if (seen->eats_since == MSEC_NONE)
			seen->eats_since = seen->cpu_at;
	}
	seen->cpu_at = now;
	seen->cpu_ms = cpu_ms;
}

bool proclook_stat(struct proc_seen *seen, const char *stat, long ticks_a_second, msec_t now)
{
	enum { UTIME = 14, STIME = 15 };
	const char *fields = strrchr(stat, ')');	/* the name may hold anything */
	int64_t user, system;

	if (!fields || fields[1] != ' ' || !fields[2] || ticks_a_second <= 0)
		return false;
	fields += 2;
	note_state(seen, *fields, now);
	user = field(fields, UTIME);
	system = field(fields, STIME);
	if (user >= 0 && system >= 0)
		note_cpu(seen, (user + system) * 1000 / ticks_a_second, now);
	return true;
}

bool proclook_writes(const char *syscall)
{
	static const long writing[] = { SYS_write, SYS_writev, SYS_sendto, SYS_sendmsg };
	char *end;
	long n = strtol(syscall, &end, 10);	/* "running" and "-1" are none */

	for (unsigned i = 0; i < ARRAY_LEN(writing); i++)
		if (end != syscall && n == writing[i])
			return true;
	return false;
}

static bool read_of(int pid, const char *what, char *out, size_t size)
{
	char path[40];

	snprintf(path, sizeof(path), "/proc/%d/%s", pid, what);
	return proc_read(path, out, size) > 0;
}

static bool look(struct proc_seen *seen, int pid, msec_t now)
{
	char text[1024];

	if (pid <= 0)
		return false;
	if (!read_of(pid, "stat", text, sizeof(text)))
		text[0] = '\0';
	if (proclook_stat(seen, text, sysconf(_SC_CLK_TCK), now))
		return true;
	note_state(seen, 0, now);
	return false;
}

void proclook(struct proc_seen *seen, int pid, msec_t now)
{
	(void)look(seen, pid, now);
}

static int64_t number_behind(const char *text, const char *key)
{
	const char *line = strstr(text, key);

	return line ? strtoll(line + strlen(key), NULL, 10) : -1;
}

/* One that has not gone to sleep since the last look has not woken up either. */
void proclook_status(struct proc_seen *seen, const char *status, msec_t now)
{
	int64_t tracer = number_behind(status, "\nTracerPid:");
	int64_t switches = number_behind(status, "\nvoluntary_ctxt_switches:");

	seen->tracer = tracer > 0 ? (int)tracer : 0;
	if (switches < 0)
		seen->still_since = MSEC_NONE;
	else if (switches != seen->switches || seen->still_since == MSEC_NONE)
		seen->still_since = now;
	seen->switches = switches;
}

/* Kernels that hide addresses say "0" here. */
static void note_wchan(struct proc_seen *seen, int pid)
{
	char text[64];

	seen->wchan[0] = '\0';
	if (read_of(pid, "wchan", text, sizeof(text)) && strcmp(text, "0"))
		snprintf(seen->wchan, sizeof(seen->wchan), "%.23s", text);
}

void proclook_deeply(struct proc_seen *seen, int pid, msec_t now)
{
	char text[4096];

	if (!look(seen, pid, now))
		return;
	if (read_of(pid, "status", text, sizeof(text)))
		proclook_status(seen, text, now);
	note_wchan(seen, pid);
	seen->writing = read_of(pid, "syscall", text, sizeof(text)) && proclook_writes(text);
}
