#include <string.h>

#include "phrase.h"
#include "render_check.h"
#include "supervisor/decide/group.h"
#include "text.h"
#include "verbs.h"

enum { INDENT = 7, TEXT_MAX = 4096 };

/* From worst to best. */
static const enum finding_state order[] = {
	FINDING_BLOCK, FINDING_UNKNOWN, FINDING_WARN, FINDING_PASS,
};

static const struct {
	const char *mark, *colour;
} marks[FINDING_STATES] = {
	[FINDING_BLOCK] = { "[FAIL]", "\033[31m" },
	[FINDING_UNKNOWN] = { "[ ?? ]", "\033[33m" },
	[FINDING_WARN] = { "[WARN]", "\033[33m" },
	[FINDING_PASS] = { "[ OK ]", "\033[32m" },
};

static void print_mark(const struct check_style *style, enum finding_state state, FILE *out)
{
	if (style->colour)
		fprintf(out, "%s%s\033[0m ", marks[state].colour, marks[state].mark);
	else
		fprintf(out, "%s ", marks[state].mark);
}

/* The mark takes the place of the first line's indent. */
static void print_after_mark(const struct check_style *style, enum finding_state state,
			     const char *says, FILE *out)
{
	char room[TEXT_MAX];
	struct text lines = text_in(room, sizeof(room));

	phrase_wrap(&lines, INDENT, says);
	print_mark(style, state, out);
	fputs(lines.len > INDENT ? room + INDENT : "\n", out);
}

static void print_indented(const char *says, FILE *out)
{
	char room[TEXT_MAX];
	struct text lines = text_in(room, sizeof(room));

	phrase_wrap(&lines, INDENT, says);
	fputs(room, out);
}

static void print_finding(const struct check_style *style, const struct finding *f, FILE *out)
{
	char room[1024];
	struct text t = text_in(room, sizeof(room));

	text_add(&t, "%s", f->id);
	if (f->subject[0])
		text_add(&t, " ");
	phrase_safe(&t, f->subject);
	text_add(&t, ": ");
	phrase_safe(&t, f->detail);
	print_after_mark(style, f->state, room, out);
	if (!f->advice[0])
		return;
	t = text_in(room, sizeof(room));
	phrase_safe(&t, f->advice);
	print_indented(room, out);
}

/* What passed is one paragraph of ids: that it was looked at is all that matters. */
static void print_passed(const struct check_style *style, const struct findings *f, FILE *out)
{
	char room[TEXT_MAX];
	struct text t = text_in(room, sizeof(room));
	const char *last = "";

	for (unsigned i = 0; i < f->n; i++) {
		if (f->at[i].state != FINDING_PASS || !strcmp(f->at[i].id, last))
			continue;
		last = f->at[i].id;
		text_add(&t, "%s%s", t.len ? " " : "", last);
	}
	if (t.len)
		print_after_mark(style, FINDING_PASS, room, out);
}

static void print_name(const struct plan_unit *unit, unsigned alternate, FILE *out)
{
	char room[512];
	struct text t = text_in(room, sizeof(room));
	const char *name = plan_run_of(unit, alternate, 0)->name;

	phrase_safe(&t, unit->name);
	if (alternate)
		text_add(&t, ", alternate %u (", alternate);
	if (alternate)
		phrase_safe(&t, name ? name : "");
	fprintf(out, "%s%s\n", room, alternate ? ")" : "");
}

void check_text(const struct check_style *style, const struct plan_unit *unit, unsigned alternate,
		const struct findings *f, FILE *out)
{
	print_name(unit, alternate, out);
	for (size_t o = 0; o < ARRAY_LEN(order); o++)
		for (unsigned i = 0; i < f->n; i++)
			if (f->at[i].state == order[o] && (order[o] != FINDING_PASS || style->all))
				print_finding(style, &f->at[i], out);
	if (!style->all)
		print_passed(style, f, out);
	if (f->dropped)
		fprintf(out, "       %u further findings did not fit\n", f->dropped);
}

static void print_json_member(const char *key, const char *value, FILE *out)
{
	char room[2048];
	struct text t = text_in(room, sizeof(room));

	text_add_json(&t, value);
	fprintf(out, "\"%s\":%s", key, room);
}

static void print_json_finding(const struct finding *f, FILE *out)
{
	fputc('{', out);
	print_json_member("id", f->id, out);
	fputc(',', out);
	print_json_member("subject", f->subject, out);
	fputc(',', out);
	print_json_member("state", finding_state_name(f->state), out);
	fputc(',', out);
	print_json_member("detail", f->detail, out);
	fputc(',', out);
	print_json_member("advice", f->advice, out);
	fputc('}', out);
}

void check_json(const struct plan_unit *unit, unsigned alternate, const struct findings *f,
		FILE *out)
{
	const char *comma = "";

	fputc('{', out);
	print_json_member("unit", unit->name, out);
	fprintf(out, ",\"alternate\":%u,", alternate);
	print_json_member("alternate_name",
			  alternate ? plan_run_of(unit, alternate, 0)->name : NULL, out);
	fputc(',', out);
	print_json_member("state", finding_state_name(findings_worst(f)), out);
	fputs(",\"findings\":[", out);
	for (size_t o = 0; o < ARRAY_LEN(order); o++)
		for (unsigned i = 0; i < f->n; i++) {
			if (f->at[i].state != order[o])
				continue;
			fputs(comma, out);
			print_json_finding(&f->at[i], out);
			comma = ",";
		}
	fputs("]}", out);
}

void check_json_error(const struct conf_error *e, FILE *out)
{
	fputc('{', out);
	print_json_member("file", e->file[0] ? e->file : NULL, out);
	fprintf(out, ",\"line\":%u,\"column\":%u,", e->line, e->column);
	print_json_member("text", e->text, out);
	fputc(',', out);
	print_json_member("quoted", e->quoted, out);
	fputc(',', out);
	print_json_member("accepted", e->accepted, out);
	fputc(',', out);
	print_json_member("nearest", e->nearest[0] ? e->nearest : NULL, out);
	fputc('}', out);
}

static void add_obstacle(const struct finding *f, struct text *t)
{
	phrase_safe(t, f->subject);
	text_add(t, "%s", f->subject[0] ? ": " : "");
	phrase_safe(t, f->detail);
}

static void add_blocked(const struct check_outcome *o, struct text *t)
{
	text_add(t, "cannot start (");
	add_obstacle(&o->obstacle, t);
	text_add(t, ")");
	if (o->obstacle.clears.kind == WAIT_NONE) {
		text_add(t, "; it is tried again slowly");
		return;
	}
	text_add(t, "; it ");
	phrase_waiting(t, &o->obstacle.clears);
}

bool check_wanted(const struct check_outcome *o, const struct check_outcome *leader)
{
	struct group_leader state = { .provides = leader ? leader->provides : PROVIDES_NONE };

	if (!leader || leader->runs < 0)
		return true;
	state.program = leader->unit->program;
	state.software = leader->software;
	return group_wanted(&state, o->unit->program);
}

static void add_unwanted(const struct check_outcome *leader, struct text *t)
{
	text_add(t, "is not started: ");
	phrase_safe(t, leader->unit->name);
	text_add(t, leader->provides == PROVIDES_SYSTEM ? " steers the system clock itself"
							: " stamps in software, no PTP clock takes part");
}

static void add_follower(const struct check_outcome *leader, struct text *t)
{
	text_add(t, "starts when ");
	phrase_safe(t, leader->unit->name);
	text_add(t, " is locked");
}

static void add_runs(const struct check_outcome *o, struct text *t)
{
	const char *name = plan_run_of(o->unit, (unsigned)o->runs, 0)->name;

	if (o->runs == 0) {
		text_add(t, "starts");
		return;
	}
	text_add(t, "starts on alternate %d", o->runs);
	if (name) {
		text_add(t, " (");
		phrase_safe(t, name);
		text_add(t, ")");
	}
	text_add(t, ", because ");
	add_obstacle(&o->obstacle, t);
}

void check_forecast(const struct check_outcome *o, const struct check_outcome *leader, FILE *out)
{
	char room[1024], lines[2048];
	struct text t = text_in(room, sizeof(room)), wrapped = text_in(lines, sizeof(lines));

	text_add(&t, "At start: ");
	phrase_safe(&t, o->unit->name);
	text_add(&t, " ");
	if (!check_wanted(o, leader))
		add_unwanted(leader, &t);
	else if (o->runs < 0)
		add_blocked(o, &t);
	else if (!o->unit->autostart)
		text_add(&t, "is left alone: it starts by hand only (autostart = no)");
	else if (leader)
		add_follower(leader, &t);
	else
		add_runs(o, &t);
	if (t.at[t.len - 1] != '.')
		text_add(&t, ".");
	phrase_wrap(&wrapped, 0, room);
	fputs(lines, out);
}

int check_rc(const struct check_outcome *o, unsigned n)
{
	static const int rc[FINDING_STATES] = {
		[FINDING_PASS] = RC_FINE, [FINDING_WARN] = RC_WARNING,
		[FINDING_UNKNOWN] = RC_UNKNOWN, [FINDING_BLOCK] = RC_CAUSE,
	};
	enum finding_state worst = FINDING_PASS;

	for (unsigned i = 0; i < n; i++)
		if (o[i].state > worst)
			worst = o[i].state;
	return rc[worst];
}
