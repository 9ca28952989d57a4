#include <stdio.h>
#include <string.h>

#include "phrase.h"
#include "render_status.h"

enum { STATE_WIDTH = 11, LOCK_WIDTH = 8, OFFSET_WIDTH = 13, AGE_WIDTH = 7 };
enum { NAME_WIDTH_MIN = 8, NAME_WIDTH_MAX = 20, ALTERNATE_WIDTH_MIN = 9, ALTERNATE_WIDTH_MAX = 12 };

#define RED "\033[31m"
#define GREEN "\033[32m"
#define YELLOW "\033[33m"
#define PLAIN "\033[0m"

bool status_alive(const struct unit_view *v)
{
	return v->state == ST_STARTING || v->state == ST_RUNNING || v->state == ST_READY ||
	       v->state == ST_STOPPING;
}

static int clamp(int value, int low, int high)
{
	return value < low ? low : value > high ? high : value;
}

void status_measure(struct status_style *style, const struct unit_view *v)
{
	int name = clamp((int)strlen(v->name), NAME_WIDTH_MIN, NAME_WIDTH_MAX);
	int alternate = v->alternate_name ? (int)strlen(v->alternate_name) : 0;

	if (name > style->name_width)
		style->name_width = name;
	if (v->alternate)
		alternate = clamp(alternate, ALTERNATE_WIDTH_MIN, ALTERNATE_WIDTH_MAX);
	if (alternate > style->alternate_width)
		style->alternate_width = alternate;
}

/* A word in a column of `width`: filled up with blanks, or cut with a mark. */
static void add_cell(struct text *t, const char *word, int width)
{
	char room[256];
	struct text safe = text_in(room, sizeof(room));

	phrase_safe(&safe, word);
	if ((int)safe.len > width)
		text_add(t, "%.*s~ ", width - 1, room);
	else
		text_add(t, "%-*s ", width, room);
}

void status_head(const struct status_style *style, struct text *t)
{
	add_cell(t, "UNIT", style->name_width);
	add_cell(t, "STATE", STATE_WIDTH);
	if (style->alternate_width)
		add_cell(t, "ALTERNATE", style->alternate_width);
	add_cell(t, "LOCK", LOCK_WIDTH);
	text_add(t, "%*s %*s\n", OFFSET_WIDTH, "OFFSET", AGE_WIDTH, "SINCE");
}

static const char *colour_of(const struct unit_view *v)
{
	switch (v->state) {
	case ST_READY:
		return GREEN;
	case ST_BACKING_OFF:
		return RED;
	case ST_WAITING:
		return v->waiting.kind == WAIT_LEADER ? YELLOW : RED;
	case ST_STOPPED:
		return "";
	default:
		return YELLOW;
	}
}

static void add_state(const struct status_style *style, const struct unit_view *v, struct text *t)
{
	const char *colour = style->colour ? colour_of(v) : "";

	if (*colour)
		text_add(t, "%s", colour);
	add_cell(t, policy_st_name(v->state), STATE_WIDTH);
	if (*colour)
		text_add(t, PLAIN);
}

static void add_alternate(const struct status_style *style, const struct unit_view *v,
			  struct text *t)
{
	char number[16];

	snprintf(number, sizeof(number), v->alternate ? "#%u" : "-", v->alternate);
	add_cell(t, v->alternate && v->alternate_name ? v->alternate_name : number,
		 style->alternate_width);
}

static void add_right(struct text *t, const char *word, int width)
{
	text_add(t, "%*s", width, word);
}

static void add_offset(const struct unit_view *v, struct text *t)
{
	char room[32];
	struct text word = text_in(room, sizeof(room));

	if (v->offset_known && status_alive(v))
		phrase_offset(&word, v->offset_ns);
	else
		text_add(&word, "-");
	add_right(t, room, OFFSET_WIDTH);
}

static void first_line(const struct status_style *style, const struct unit_view *v, struct text *t)
{
	char age[32];
	struct text word = text_in(age, sizeof(age));

	add_cell(t, v->name, style->name_width);
	add_state(style, v, t);
	if (style->alternate_width)
		add_alternate(style, v, t);
	add_cell(t, status_alive(v) ? lock_name(v->lock) : "-", LOCK_WIDTH);
	add_offset(v, t);
	phrase_age(&word, v->since_ms);
	text_add(t, " ");
	add_right(t, age, AGE_WIDTH);
	text_add(t, "\n");
}

/* Sentences from outside end as they like; ours begin after a full stop. */
static void end_sentence(struct text *t)
{
	if (t->len && t->at[t->len - 1] != '.' && t->at[t->len - 1] != '?')
		text_add(t, ".");
	text_add(t, " ");
}

static void add_sentence(struct text *t, const char *start, const char *rest)
{
	if (!*rest)
		return;
	text_add(t, "%s", start);
	phrase_safe(t, rest);
	end_sentence(t);
}

/* "Waiting for carrier on eth0 (since 12 s)." of the clause "waits for carrier on eth0" */
static void add_waiting(const struct unit_view *v, struct text *t)
{
	char room[256];
	struct text clause = text_in(room, sizeof(room));

	if (v->state != ST_WAITING)
		return;
	phrase_waiting(&clause, &v->waiting);
	if (!clause.len)
		return;
	text_add(t, "Waiting%s (since ", room + strlen("waits"));
	if (v->waiting_ms < MIN)
		text_add(t, "%d s", (int)(v->waiting_ms / SEC));
	else
		phrase_age(t, v->waiting_ms);
	text_add(t, ")");
	end_sentence(t);
}

static void add_next_try(const struct unit_view *v, struct text *t)
{
	if (v->next_try_ms == MSEC_NONE || v->next_try_ms < 0 || v->state != ST_BACKING_OFF)
		return;
	text_add(t, "Next start in ");
	phrase_age(t, v->next_try_ms);
	end_sentence(t);
}

/* The cause, or the ending that has no cause yet; nothing for a unit that is as it should be. */
static void add_cause(const struct unit_view *v, struct text *t)
{
	char how[160];
	struct text end = text_in(how, sizeof(how));

	if (v->cause_title && v->state != ST_STOPPED) {
		add_sentence(t, "", v->cause_title);
	} else if (v->state == ST_BACKING_OFF) {
		phrase_exit(&end, &v->last_exit);
		add_sentence(t, "It ", how);
	}
}

/* How it stands and what comes next. */
static void add_outlook(const struct unit_view *v, struct text *t)
{
	if ((v->state == ST_RUNNING || v->state == ST_READY) && v->why_not[0] && !v->ready)
		add_sentence(t, "Not ready: ", v->why_not);
	if (v->state == ST_STOPPING && v->why_not[0])
		add_sentence(t, "Not ended: ", v->why_not);
	if (v->state == ST_READY && v->ready)
		add_sentence(t, "Note: ", v->note);
	if (v->state == ST_STOPPED && v->why_not[0])
		add_sentence(t, "Not wanted: ", v->why_not);
	if (v->adopted && status_alive(v))
		add_sentence(t, "", "Taken over from an earlier ptpwarden");
	if (v->state == ST_BACKING_OFF && v->restarts)
		text_add(t, "Restarted %u time%s so far. ", v->restarts,
			 v->restarts == 1 ? "" : "s");
	add_waiting(v, t);
	add_next_try(v, t);
}

/* The newest attempt to mend something, while it may still be news. */
static void add_mended(const struct unit_view *v, msec_t news, struct text *t)
{
	const struct remedy_note *m = &v->mended[0];

	if (!m->remedy || m->at > news)
		return;
	text_add(t, m->worked ? "Mended " : "Could not mend it ");
	phrase_age(t, m->at);
	text_add(t, " ago: ");
	phrase_safe(t, m->text);
	end_sentence(t);
}

void status_standing(const struct unit_view *v, const struct findings *standing, struct text *t)
{
	const struct finding *block = standing ? findings_block(standing) : NULL;

	text_add(t, "On alternate %u", v->alternate);
	if (v->alternate_name) {
		text_add(t, " (");
		phrase_safe(t, v->alternate_name);
		text_add(t, ")");
	}
	if (v->alternate_ms > 0) {
		text_add(t, " for ");
		phrase_age(t, v->alternate_ms);
	}
	if (v->standing[0]) {
		text_add(t, ": ");
		phrase_safe(t, v->standing);
	}
	end_sentence(t);
	if (block && block->clears.kind != WAIT_NONE) {
		text_add(t, "To go back it ");
		phrase_waiting(t, &block->clears);
		end_sentence(t);
	}
	if (v->back_ms != MSEC_NONE) {
		text_add(t, "A better one is tried in ");
		phrase_age(t, v->back_ms);
		text_add(t, " in any case");
		end_sentence(t);
	}
}

void status_unit(const struct status_style *style, const struct unit_view *v,
		 const struct findings *standing, struct text *t)
{
	char room[2048];
	struct text says = text_in(room, sizeof(room));

	first_line(style, v, t);
	add_cause(v, &says);
	add_outlook(v, &says);
	add_mended(v, 10 * MIN, &says);
	phrase_wrap(t, 2, room);
	says = text_in(room, sizeof(room));
	if (v->alternate && status_alive(v))
		status_standing(v, standing, &says);
	phrase_wrap(t, 2, room);
}

/* Without the blank that separates sentences. */
static void add_trimmed(struct text *t, const char *says)
{
	size_t len = strlen(says);

	while (len && says[len - 1] == ' ')
		len--;
	text_add(t, "%.*s", (int)len, says);
}

void status_reason(const struct unit_view *v, struct text *t)
{
	char room[2048];
	struct text says = text_in(room, sizeof(room));

	add_cause(v, &says);
	add_outlook(v, &says);
	text_add(t, "%s%s", policy_st_name(v->state), says.len ? ". " : "");
	add_trimmed(t, room);
}

void status_now(const struct unit_view *v, struct text *t)
{
	char room[2048];
	struct text says = text_in(room, sizeof(room));

	text_add(&says, "%s for ", policy_st_name(v->state));
	phrase_age(&says, v->since_ms);
	end_sentence(&says);
	add_outlook(v, &says);
	add_mended(v, 24 * HOUR, &says);
	add_trimmed(t, room);
}
