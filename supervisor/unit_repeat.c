/* Counts each failure under its signature, and keeps the evidence of those that nothing explains. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "conf/linuxptp/command.h"
#include "supervisor/record/repeats.h"
#include "supervisor/record/state.h"
#include "unit.h"

enum { NAME_BYTES = sizeof(UNKNOWN_PIECE) + 18 };

static const char *table_of(const struct supervisor *sup)
{
	size_t len = 0;
	const char *text = state_get(sup->state, REPEATS_PIECE, REPEATS_VERSION, &len);

	return text && len && !text[len - 1] ? text : NULL;
}

static void piece_name(const struct repeat *r, char out[NAME_BYTES])
{
	char name[18];

	repeat_name(r, name);
	snprintf(out, NAME_BYTES, "%s%s", UNKNOWN_PIECE, name);
}

/* Only the newest unexplained failures keep their evidence. */
static void forget_old(struct supervisor *sup)
{
	const char *at = table_of(sup);
	struct repeat r;
	unsigned kept = 0;
	char name[NAME_BYTES];

	while (at && repeats_next(&at, &r)) {
		if (strcmp(r.cause, "unknown") || kept++ < UNKNOWN_KEPT)
			continue;
		piece_name(&r, name);
		state_remove(sup->state, name);
	}
}

static void keep_evidence(const struct unit *u, const struct incident *i, const struct repeat *r)
{
	char *room = malloc(UNKNOWN_BYTES);
	char name[NAME_BYTES];
	struct text t;

	if (!room)
		return;
	t = text_in(room, UNKNOWN_BYTES);
	text_add(&t, "%s\t%s\t", u->conf->name, program_name(u->conf->program));
	for (unsigned k = 0; k < i->verdict.unexplained_n; k++)
		text_add(&t, "%s%s", k ? ", " : "", i->verdict.unexplained[k].name);
	text_add(&t, "\n%s", i->facts ? i->facts : "");
	piece_name(r, name);
	(void)state_save(u->sup->state, name, REPEATS_VERSION, room, t.len + 1, STATE_NOW);
	free(room);
}

/* A crash loop must not wear the flash: only the first of its kind is written at once. */
static bool is_new(const char *at, const struct repeat *new)
{
	struct repeat r;

	while (at && repeats_next(&at, &r))
		if (!memcmp(r.signature, new->signature, sizeof(r.signature)))
			return false;
	return true;
}

void unit_repeat(struct unit *u, const struct incident *i)
{
	const struct verdict *v = &i->verdict;
	struct repeat r = { .signature = { v->signature[0], v->signature[1] }, .count = 1,
			    .first = time(NULL), .last = time(NULL) };
	char *room = malloc(REPEATS_BYTES);
	struct text t;

	if (!room)
		return;
	snprintf(r.unit, sizeof(r.unit), "%s", u->conf->name);
	snprintf(r.cause, sizeof(r.cause), "%s", v->causes ? v->cause[0].id : "unknown");
	t = text_in(room, REPEATS_BYTES);
	repeats_note(table_of(u->sup), &r, &t);
	(void)state_save(u->sup->state, REPEATS_PIECE, REPEATS_VERSION, room, t.len + 1,
			 is_new(table_of(u->sup), &r) ? STATE_NOW : STATE_SOON);
	free(room);
	if (v->kind != VERDICT_UNKNOWN)
		return;
	keep_evidence(u, i, &r);
	forget_old(u->sup);
}
