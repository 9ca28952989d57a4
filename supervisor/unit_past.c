/* The patience of a unit, kept over the death of the supervisor and over reboots. */
#include <stdio.h>
#include <string.h>

#include "supervisor/proc.h"
#include "supervisor/record/little.h"
#include "unit.h"

enum { VERSION_OF_PIECE = 1, SWITCHES = POLICY_SWITCHES_MAX };

/* failed climbs, moments of switches, and the boot in which those moments mean something */
enum { AT_SWITCHES = 8, AT_BOOT = AT_SWITCHES + 8 * SWITCHES, BYTES = AT_BOOT + BOOT_ID_SIZE };

static const char *piece(const struct unit *u, char name[64])
{
	snprintf(name, 64, "patience.%s", u->conf->name);
	return name;
}

void unit_past_keep(struct unit *u, const struct policy_state *was)
{
	const struct policy_state *is = &u->policy;
	uint8_t bytes[BYTES] = { 0 };
	char name[64];

	if (is->failed_climbs == was->failed_climbs && is->switched[0] == was->switched[0])
		return;
	bytes[0] = is->failed_climbs;
	for (unsigned i = 0; i < SWITCHES; i++)
		little_put(bytes + AT_SWITCHES + 8 * i, 8, (uint64_t)is->switched[i]);
	if (proc_boot_id((char *)bytes + AT_BOOT) < 0)
		bytes[AT_BOOT] = '\0';
	(void)state_save(u->sup->state, piece(u, name), VERSION_OF_PIECE, bytes, sizeof(bytes),
			 STATE_SOON);
}

void unit_past_recall(struct unit *u)
{
	struct policy_past past = policy_past(&u->policy);
	char name[64], boot[BOOT_ID_SIZE];
	size_t len;
	const uint8_t *bytes = state_get(u->sup->state, piece(u, name), VERSION_OF_PIECE, &len);

	if (!bytes || len != BYTES)
		return;
	past.failed_climbs = bytes[0];
	if (proc_boot_id(boot) == 0 && !memcmp(boot, bytes + AT_BOOT, strlen(boot) + 1))
		for (unsigned i = 0; i < SWITCHES; i++)
			past.switched[i] = (msec_t)little_get(bytes + AT_SWITCHES + 8 * i, 8);
	policy_recall(&u->pacing, &u->policy, &past);
}
