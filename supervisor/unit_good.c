/* What a run depends on: taken when it has begun, kept when it was good, compared when it fails. */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "log.h"
#include "loop.h"
#include "supervisor/diagnose/changes.h"
#include "unit.h"

/* Who is grandmaster shows only while the daemon runs. */
static void add_master(struct fingerprint *f, const struct health_seen *seen)
{
	if (seen->gm_present)
		fingerprint_add(f, "master", NULL, 0, "%s", seen->grandmaster);
}

/* Evidence may be lost for want of memory; supervision goes on. */
static void keep(char **place, const char *text)
{
	char *copy = strdup(text);

	if (!copy)
		return;
	free(*place);
	*place = copy;
}

void unit_print(struct unit *u)
{
	struct fingerprint f;

	if (u->print)
		return;
	(void)unit_facts(u, u->policy.alternate, &f);
	keep(&u->print, f.text);
	u->good_at = MSEC_NONE;
}

void unit_print_over(struct unit *u)
{
	if (u->good_at != MSEC_NONE)
		u->good_s += (loop_now() - u->good_at) / SEC;
	u->good_at = MSEC_NONE;
	free(u->print);
	u->print = NULL;
}

void unit_good(struct unit *u)
{
	char room[BASELINE_BYTES];
	struct text t = text_in(room, sizeof(room));
	struct fingerprint f;

	if (!u->print)
		return;
	fingerprint_init(&f);
	f.len = (unsigned)strlen(u->print);
	memcpy(f.text, u->print, f.len + 1);
	add_master(&f, &u->seen);
	changes_accept(u->good, f.text, time(NULL), u->good_s, &t);
	keep(&u->good, room);
	u->good_s = 0;
	u->good_at = loop_now();
}

void unit_changes(const struct unit *u, struct fingerprint *f, msec_t started_at, struct facts *facts)
{
	struct changes_when when = { .now = loop_now(), .wall = time(NULL), .good_s = u->good_s };

	if (started_at)
		when.started_wall = when.wall - (when.now - started_at) / SEC;
	if (u->good_at != MSEC_NONE)
		when.good_s += (when.now - u->good_at) / SEC;
	add_master(f, unit_alive(u) ? &u->seen : &u->seen_before);
	changes_facts(u->good, f->text, &when, facts);
}
