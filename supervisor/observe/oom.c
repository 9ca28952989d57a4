#include "oom.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "supervisor/loop.h"
#include "supervisor/proc.h"

/* The number behind `key` at the start of a line; -1 if there is none. */
static int64_t counter(const char *text, const char *key)
{
	size_t len = strlen(key);

	for (const char *p = text; p && *p; p = strchr(p, '\n'), p = p ? p + 1 : NULL)
		if (!strncmp(p, key, len) && p[len] == ' ')
			return strtoll(p + len, NULL, 10);
	return -1;
}

static int64_t file_counter(const char *path)
{
	char text[1024];

	return proc_read(path, text, sizeof(text)) < 0 ? -1 : counter(text, "oom_kill");
}

/* /proc/vmstat is some kilobytes long, and this is not on the way to a restart. */
static int64_t system_counter(void)
{
	char text[16384];

	return proc_read("/proc/vmstat", text, sizeof(text)) < 0 ? -1 : counter(text, "oom_kill");
}

static bool lists_memory(const char *controllers, size_t len)
{
	static const char memory[] = "memory";

	for (const char *p = controllers, *end = p + len; p < end;) {
		size_t n = strcspn(p, ",:");

		if (n == sizeof(memory) - 1 && !memcmp(p, memory, n))
			return true;
		p += n + 1;
	}
	return false;
}

/* "4:memory:/path" is v1, "0::/path" is v2; a line of v1 counts more. */
static void find_file(struct oom_watch *w, char *cgroups)
{
	char *save = NULL;

	for (char *line = strtok_r(cgroups, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
		char *names = strchr(line, ':'), *path = names ? strchr(names + 1, ':') : NULL;

		if (!path)
			continue;
		if (lists_memory(names + 1, (size_t)(path - names - 1))) {
			snprintf(w->file, sizeof(w->file),
				 "/sys/fs/cgroup/memory%s/memory.oom_control", path + 1);
			return;
		}
		if (path == names + 1)
			snprintf(w->file, sizeof(w->file), "/sys/fs/cgroup%s/memory.events",
				 path + 1);
	}
}

void oom_begin(struct oom_watch *w)
{
	char cgroups[2048];

	*w = (struct oom_watch){ .cgroup.changed_at = MSEC_NONE, .system.changed_at = MSEC_NONE };
	if (proc_read("/proc/self/cgroup", cgroups, sizeof(cgroups)) > 0)
		find_file(w, cgroups);
	w->cgroup.kills = w->file[0] ? file_counter(w->file) : -1;
	w->system.kills = system_counter();
}

static const char *find(const char *text, const char *end, const char *what)
{
	return memmem(text, (size_t)(end - text), what, strlen(what));
}

static bool number_at(const char *p, const char *end, pid_t pid)
{
	char want[16];
	size_t len = (size_t)snprintf(want, sizeof(want), "%d", (int)pid);

	return (size_t)(end - p) >= len && !memcmp(p, want, len) &&
	       (p + len == end || !isdigit((unsigned char)p[len]));
}

int oom_line_names(const char *line, size_t len, pid_t pid)
{
	static const char *const before_pid[] = { "Killed process ", "Kill process " };
	const char *end = line + len, *p;

	for (unsigned i = 0; i < ARRAY_LEN(before_pid); i++) {
		p = find(line, end, before_pid[i]);
		if (p && number_at(p + strlen(before_pid[i]), end, pid))
			return 1;
	}
	p = find(line, end, "oom-kill:");
	p = p ? find(p, end, ",pid=") : NULL;
	return p && number_at(p + strlen(",pid="), end, pid);
}

/* "6,1234,98765432,-;text": the third number is microseconds since boot. */
static msec_t record_ms(const char *record)
{
	const char *p = strchr(record, ',');

	p = p ? strchr(p + 1, ',') : NULL;
	return p ? strtoll(p + 1, NULL, 10) / 1000 : 0;
}

/* UNKNOWN: not readable. NO: it holds no such line. */
static enum answer kernel_log_names(pid_t pid, msec_t started_at)
{
	enum { RECORDS_MAX = 65536, SLACK_MS = 1000 };
	enum answer answer = ANSWER_NO;
	char record[2048];
	int fd = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);

	if (fd < 0)
		return ANSWER_UNKNOWN;
	for (unsigned i = 0; i < RECORDS_MAX && answer != ANSWER_YES; i++) {
		ssize_t n = read(fd, record, sizeof(record) - 1);

		if (n < 0 && (errno == EPIPE || errno == EINTR || errno == EINVAL))
			continue;	/* overwritten meanwhile, or too long */
		if (n < 0 && errno != EAGAIN)
			answer = ANSWER_UNKNOWN;
		if (n <= 0)
			break;
		record[n] = '\0';
		if (record_ms(record) + SLACK_MS >= started_at &&
		    oom_line_names(record, (size_t)n, pid))
			answer = ANSWER_YES;
	}
	close(fd);
	return answer;
}

/* In another pid namespace the kernel's log speaks of other numbers. */
static bool numbers_are_the_kernel_s(void)
{
	enum { PROC_PID_INIT_INO = 0xeffffffc };
	struct stat st;

	return stat("/proc/self/ns/pid", &st) == 0 && st.st_ino == PROC_PID_INIT_INO;
}

/* Several may die of one shortage: a change counts for a while for all of them. */
static enum answer changed(struct oom_counter *c, int64_t kills, msec_t now)
{
	enum { RECENT_MS = 2000 };

	if (c->kills < 0 || kills < 0)
		return ANSWER_UNKNOWN;
	if (kills != c->kills)
		c->changed_at = now;
	c->kills = kills;
	return c->changed_at != MSEC_NONE && now - c->changed_at < RECENT_MS ? ANSWER_YES :
									      ANSWER_NO;
}

/*
 * An unchanged counter of the whole system proves that it was not, a line of
 * the kernel with the pid that it was. A changed counter of the cgroup is
 * taken for a yes; an unchanged one proves nothing, the child may have moved.
 */
enum answer oom_was(struct oom_watch *w, pid_t pid, msec_t started_at)
{
	msec_t now = loop_now();
	enum answer system = changed(&w->system, system_counter(), now);
	enum answer cgroup = changed(&w->cgroup, w->file[0] ? file_counter(w->file) : -1, now);
	enum answer log = ANSWER_UNKNOWN;

	if (system == ANSWER_NO)
		return ANSWER_NO;
	if (numbers_are_the_kernel_s())
		log = kernel_log_names(pid, started_at);
	return log == ANSWER_UNKNOWN && cgroup == ANSWER_YES ? ANSWER_YES : log;
}
