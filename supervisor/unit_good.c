/* What a run depends on: taken when it has begun, kept when it was good, compared when it fails. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "loop.h"
#include "supervisor/diagnose/changes.h"
#include "supervisor/record/state.h"
#include "unit.h"

/* Who is grandmaster shows only while the daemon runs. */
static void add_master(struct fingerprint *f, const struct health_seen *seen)
{
	if (seen->gm_present)
		fingerprint_add(f, "master", NULL, 0, "%s", seen->grandmaster);
}

enum { VERSION_OF_BASELINE = 1, NAME_BYTES = UNIT_NAME_MAX + 16 };

static const char *name_of(const struct unit *u, char name[NAME_BYTES])
{
	snprintf(name, NAME_BYTES, "fingerprint.%s", u->conf->name);
	return name;
}

/* The baseline, with its terminator; NULL: none, or of somebody who cannot count. */
static const char *baseline(const struct unit *u)
{
	char name[NAME_BYTES];
	size_t len = 0;
	const char *text = state_get(u->sup->state, name_of(u, name), VERSION_OF_BASELINE, &len);

	return text && len && !text[len - 1] ? text : NULL;
}

void unit_print(struct unit *u)
{
	struct fingerprint f;

	if (u->print)
		return;
	(void)unit_facts(u, u->policy.alternate, &f);
	u->print = strdup(f.text);	/* without memory there will be nothing to compare with */
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
	char room[BASELINE_BYTES], name[NAME_BYTES];
	struct text t = text_in(room, sizeof(room));
	struct fingerprint f;

	if (!u->print)
		return;
	fingerprint_init(&f);
	f.len = (unsigned)strlen(u->print);
	memcpy(f.text, u->print, f.len + 1);
	add_master(&f, &u->seen);
	changes_accept(baseline(u), f.text, time(NULL), u->good_s, &t);
	(void)state_save(u->sup->state, name_of(u, name), VERSION_OF_BASELINE, room, t.len + 1,
			 STATE_SOON);
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
	changes_facts(baseline(u), f->text, &when, facts);
}
