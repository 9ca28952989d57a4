/*
 * REMEDY_REAPPLY_GRANDMASTER: what somebody has set with pmc is gone when ptp4l is started anew.
 * The first answer of a run shows what its configuration sets; what differs later was set by hand,
 * and is set again in the next run, unless the configuration says something else by then.
 */
#include <stdio.h>
#include <string.h>

#include "loop.h"
#include "unit.h"

enum { VERSION_OF_PIECE = 1, TRIES = 3, PATIENCE_MS = 3000 };

static const char *piece(const struct unit *u, char name[64])
{
	snprintf(name, 64, "grandmaster.%s", u->conf->name);
	return name;
}

static void keep(struct unit *u)
{
	uint8_t bytes[2 * GM_SETTINGS];
	char name[64];

	if (!u->gm.by_hand) {
		state_remove(u->sup->state, piece(u, name));
		return;
	}
	memcpy(bytes, u->gm.first, GM_SETTINGS);
	memcpy(bytes + GM_SETTINGS, u->gm.wanted, GM_SETTINGS);
	(void)state_save(u->sup->state, piece(u, name), VERSION_OF_PIECE, bytes, sizeof(bytes),
			 STATE_NOW);
}

void unit_gm_recall(struct unit *u)
{
	char name[64];
	size_t len;
	const uint8_t *bytes = state_get(u->sup->state, piece(u, name), VERSION_OF_PIECE, &len);

	if (!bytes || len != 2 * GM_SETTINGS)
		return;
	u->gm.by_hand = true;
	memcpy(u->gm.first, bytes, GM_SETTINGS);
	memcpy(u->gm.wanted, bytes + GM_SETTINGS, GM_SETTINGS);
}

void unit_gm_begin(struct unit *u, bool adopted)
{
	/* of a run that began before us the first answer may be by hand already */
	u->gm.known = adopted && u->gm.by_hand;
	u->gm.tries = 0;
}

/* The first answer of a run. */
static void compare(struct unit *u, const uint8_t *now)
{
	bool same = !memcmp(now, u->gm.first, GM_SETTINGS);

	u->gm.known = true;
	if (u->gm.by_hand && same && unit_may_mend(u, REMEDY_REAPPLY_GRANDMASTER)) {
		u->gm.tries = 1;
		u->gm.set_at = loop_now();
		(void)pmc_set_grandmaster(&u->pmc, u->gm.wanted);
		return;
	}
	memcpy(u->gm.first, now, GM_SETTINGS);
	if (u->gm.by_hand) {
		u->gm.by_hand = false;
		keep(u);
	}
}

static void ask_again(struct unit *u)
{
	if (loop_now() - u->gm.set_at < PATIENCE_MS)
		return;
	if (u->gm.tries == TRIES) {
		unit_mended(u, REMEDY_REAPPLY_GRANDMASTER, false,
			    "ptp4l did not take the settings that were set before its restart");
		u->gm.tries = 0;
		u->gm.by_hand = false;
		keep(u);
		return;
	}
	u->gm.tries++;
	u->gm.set_at = loop_now();
	(void)pmc_set_grandmaster(&u->pmc, u->gm.wanted);
}

/* Somebody has set something, or has set it back. */
static void learn(struct unit *u, const uint8_t *now)
{
	u->gm.by_hand = memcmp(now, u->gm.first, GM_SETTINGS) != 0;
	memcpy(u->gm.wanted, now, GM_SETTINGS);
	keep(u);
}

void unit_gm_look(struct unit *u)
{
	const struct gm_seen *seen = &u->seen.gm;
	const uint8_t *expected = u->gm.by_hand ? u->gm.wanted : u->gm.first;

	if (!seen->known)
		return;
	if (!u->gm.known) {
		compare(u, seen->settings);
	} else if (!memcmp(seen->settings, expected, GM_SETTINGS)) {
		if (u->gm.tries)
			unit_mended(u, REMEDY_REAPPLY_GRANDMASTER, true,
				    "set the grandmaster settings again that were set before the restart");
		u->gm.tries = 0;
	} else if (u->gm.tries) {
		ask_again(u);
	} else {
		learn(u, seen->settings);
	}
}
