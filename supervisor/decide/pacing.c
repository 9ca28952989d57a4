/* How often and how soon. Pure. */
#include <string.h>

#include "pacing.h"

/* A mix with good avalanche, so that units with neighbouring seeds do not march in step. */
static uint32_t mixed(uint32_t x)
{
	x ^= x >> 16;
	x *= 0x7feb352dU;
	x ^= x >> 15;
	x *= 0x846ca68bU;
	return x ^ (x >> 16);
}

msec_t pacing_jitter(const struct policy_conf *c, msec_t base, msec_t at)
{
	msec_t span = base / 5;

	return base - span / 2 + (span ? mixed(c->seed ^ mixed((uint32_t)at)) % (span + 1) : 0);
}

static msec_t doubled(msec_t base, unsigned times, msec_t limit)
{
	while (times-- > 0 && base < limit)
		base *= 2;
	return base < limit ? base : limit;
}

msec_t pacing_delay(const struct policy_conf *c, const struct policy_state *n, msec_t at)
{
	unsigned times = n->streak ? n->streak - 1 : 0;

	return pacing_jitter(c, doubled(c->delay_min, times, c->delay_max), at);
}

msec_t pacing_patience(const struct policy_conf *c, const struct policy_state *n)
{
	msec_t limit = c->patience > HOUR ? c->patience : HOUR;

	return doubled(c->patience, n->failed_climbs, limit);
}

void pacing_death(struct policy_state *n, msec_t at)
{
	memmove(&n->death[1], &n->death[0], sizeof(n->death) - sizeof(n->death[0]));
	n->death[0] = at;
	if (n->streak < UINT8_MAX)
		n->streak++;
}

void pacing_forget(struct policy_state *n)
{
	for (unsigned i = 0; i < ARRAY_LEN(n->death); i++)
		n->death[i] = MSEC_NONE;
	n->streak = 0;
}

bool pacing_worn_out(const struct policy_conf *c, const struct policy_state *n)
{
	unsigned limit = c->deaths < POLICY_DEATHS_MAX ? c->deaths : POLICY_DEATHS_MAX;

	if (!limit)
		return false;
	if (n->death[limit - 1] != MSEC_NONE && n->death[0] - n->death[limit - 1] <= c->window)
		return true;
	/* runs of minutes outlast any window; a long row of them is no better */
	return n->streak >= 2 * limit;
}

/* Starts before their time are paid from an account that fills slowly and holds a few. */
static bool may_hurry(const struct policy_state *n, msec_t at)
{
	return n->exempt && (n->hurried == MSEC_NONE ||
			     n->hurried - at <= (PACE_HURRIES - 1) * (msec_t)PACE_HURRY_MS);
}

msec_t pacing_start(const struct policy_state *n, msec_t at)
{
	msec_t last = n->launched_at;

	if (last == MSEC_NONE || at - last >= PACE_START_MS || may_hurry(n, at))
		return at;
	return last + PACE_START_MS;
}

void pacing_started(struct policy_state *n, msec_t at)
{
	if (n->launched_at != MSEC_NONE && at - n->launched_at < PACE_START_MS)
		n->hurried = (n->hurried > at ? n->hurried : at) + PACE_HURRY_MS;
	n->exempt = false;
	n->launched_at = at;
}

msec_t pacing_switch(const struct policy_state *n, msec_t at)
{
	msec_t oldest = n->switched[POLICY_SWITCHES_MAX - 1];
	msec_t due = oldest == MSEC_NONE ? at : oldest + PACE_SWITCH_MS;

	if (n->st != ST_READY && due > n->switched[0] + PACE_USELESS_MS)
		due = n->switched[0] + PACE_USELESS_MS;
	return due > at ? due : at;
}

void pacing_switched(struct policy_state *n, msec_t at)
{
	memmove(&n->switched[1], &n->switched[0], sizeof(n->switched) - sizeof(n->switched[0]));
	n->switched[0] = at;
}
