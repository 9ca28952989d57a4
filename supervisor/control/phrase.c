#include <stdio.h>
#include <string.h>

#include "phrase.h"

void phrase_safe(struct text *t, const char *s)
{
	text_add_escaped(t, s, strlen(s));
}

void phrase_age(struct text *t, msec_t age)
{
	long long s = age / 1000;

	if (age < 0)
		text_add(t, "-");
	else if (age < 1000)
		text_add(t, "%dms", (int)age);
	else if (s < 60)
		text_add(t, "%llds", s);
	else if (s < 3600)
		text_add(t, "%lldm%02llds", s / 60, s % 60);
	else if (s < 86400)
		text_add(t, "%lldh%02lldm", s / 3600, s / 60 % 60);
	else if (s < 1000 * 86400)
		text_add(t, "%lldd%02lldh", s / 86400, s / 3600 % 24);
	else
		text_add(t, "%lldy", s / (365 * 86400));
}

void phrase_offset(struct text *t, int64_t offset_ns)
{
	double ns = (double)offset_ns, size = ns < 0 ? -ns : ns;

	if (size < 1e5)
		text_add(t, "%d ns", (int)offset_ns);
	else if (size < 1e7)
		text_add(t, "%.1f us", ns / 1e3);
	else if (size < 1e9)
		text_add(t, "%.3f ms", ns / 1e6);
	else
		text_add(t, size < 1e14 ? "%.3f s" : "%.0f s", ns / 1e9);
}

void phrase_waiting(struct text *t, const struct waitfor *w)
{
	static const struct {
		const char *before, *after;
	} says[WAIT_KINDS] = {
		[WAIT_FILE] = { "waits for a change of ", "" },
		[WAIT_INTERFACE] = { "waits for the interface ", " to appear" },
		[WAIT_UP] = { "waits until the interface ", " is set up" },
		[WAIT_CARRIER] = { "waits for carrier on ", "" },
		[WAIT_DEVICE] = { "waits for ", " to appear and be accessible" },
		[WAIT_PROCESS] = { "waits for the end of ", "" },
		[WAIT_LEADER] = { "waits for ", " to lock" },
		[WAIT_CLOCK] = { "waits until the system clock has reached the year ", "" },
	};

	if ((unsigned)w->kind >= WAIT_KINDS || !says[w->kind].before)
		return;
	text_add(t, "%s", says[w->kind].before);
	if (w->kind == WAIT_DEVICE && !strcmp(w->subject, WAIT_ANY_PTP_CLOCK))
		text_add(t, "a PTP clock");
	else
		phrase_safe(t, w->subject);
	if (w->kind == WAIT_PROCESS && w->pid > 0)
		text_add(t, " (pid %d)", w->pid);
	text_add(t, "%s", says[w->kind].after);
}

static void by_signal(struct text *t, const struct exit_info *e)
{
	if (e->by == EXIT_BY_SUPERVISOR && e->why_killed)
		text_add(t, "was stopped by ptpwarden (%s)", e->why_killed);
	else if (e->by == EXIT_BY_SUPERVISOR)
		text_add(t, "was stopped by ptpwarden");
	else if (e->by == EXIT_BY_OOM)
		text_add(t, "was killed by the kernel, which had no memory left");
	else if (signal_name(e->code)[0] == '?')
		text_add(t, "was ended by signal %d", e->code);
	else
		text_add(t, "was ended by signal %s%s", signal_name(e->code),
			 e->by == EXIT_BY_OTHER ? " from another process" : "");
	if (e->core)
		text_add(t, ", leaving a core file");
}

void phrase_exit(struct text *t, const struct exit_info *e)
{
	switch (e->kind) {
	case EXIT_KIND_NONE:
		return;
	case EXIT_KIND_EXIT:
		text_add(t, "ended with exit status %d", e->code);
		break;
	case EXIT_KIND_SIGNAL:
		by_signal(t, e);
		break;
	case EXIT_KIND_EXEC:
		text_add(t, "could not be started: %s at the step '%s'", errno_name(e->code),
			 launch_stage_name(e->stage));
		return;
	case EXIT_KIND_UNKNOWN:
		text_add(t, "ended unseen, so its exit status is not known");
		return;
	}
	text_add(t, " after ");
	phrase_age(t, e->after_ms);
}

/* Bytes of `s` that fill at most `columns` columns; a UTF-8 sequence is one and stays whole. */
static size_t fit(const char *s, size_t columns)
{
	size_t n = 0;

	for (size_t used = 0; s[n]; n++) {
		if (((unsigned char)s[n] & 0xc0) == 0x80)
			continue;
		if (used++ == columns)
			break;
	}
	return n;
}

/* Where to cut a line of at most `columns`: after its last whole word if there is one. */
static size_t line_length(const char *s, size_t columns)
{
	size_t most = fit(s, columns), n = most;

	if (!s[most] || s[most] == ' ')
		return most;
	while (n && s[n - 1] != ' ')
		n--;
	while (n && s[n - 1] == ' ')
		n--;
	return n ? n : most;
}

void phrase_wrap(struct text *t, unsigned indent, const char *s)
{
	while (*s == ' ')
		s++;
	while (*s) {
		size_t n = line_length(s, PHRASE_COLUMNS - indent), shown = n;

		while (shown && s[shown - 1] == ' ')
			shown--;
		text_add(t, "%*s%.*s\n", (int)indent, "", (int)shown, s);
		s += n;
		while (*s == ' ')
			s++;
	}
}
