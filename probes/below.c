/*
 * What lies below a port? A VLAN sends through another device, a bond through
 * its active member: stamps, queues and the cable are those of that device.
 */
#include <linux/if_bonding.h>
#include <string.h>

#include "questions.h"

enum { LEVELS_MAX = 4 };

static bool one_of(const char *const *words, size_t n, const char *word)
{
	for (size_t i = 0; i < n; i++)
		if (!strcmp(words[i], word))
			return true;
	return false;
}

/* Kinds whose `lower` carries their packets. For a veth it is the other end, for DSA the CPU port. */
static bool rests_on_lower(const struct link_info *l)
{
	static const char *const kinds[] = { "vlan", "macvlan", "macvtap", "ipvlan", "macsec" };

	return one_of(kinds, ARRAY_LEN(kinds), l->kind);
}

static int next_below(const struct link_info *l)
{
	if (l->bond_mode >= 0)
		return l->active;
	return rests_on_lower(l) && !l->lower_elsewhere ? l->lower : 0;
}

static void find_base(struct probe *p, struct iface *i)
{
	struct link_info next;
	int index;

	i->base = i->link;
	i->base_known = true;
	for (int level = 0; level < LEVELS_MAX && (index = next_below(&i->base)); level++) {
		i->base_known = p->sys->link_at(index, &next) == 0;
		if (!i->base_known)
			return;
		i->base = next;
		if (!level && i->link.bond_mode >= 0)
			strcpy(i->member, next.name);
	}
}

static const char *bond_mode_name(int mode)
{
	static const char *const names[] = {
		[BOND_MODE_ROUNDROBIN] = "balance-rr", [BOND_MODE_ACTIVEBACKUP] = "active-backup",
		[BOND_MODE_XOR] = "balance-xor",       [BOND_MODE_BROADCAST] = "broadcast",
		[BOND_MODE_8023AD] = "802.3ad",	       [BOND_MODE_TLB] = "balance-tlb",
		[BOND_MODE_ALB] = "balance-alb",
	};

	return NAME_OF(names, mode);
}

static void judge_bond(struct probe *p, struct iface *i)
{
	const struct link_info *l = &i->link;

	if (l->bond_mode < 0)
		return;
	if (l->bond_mode != BOND_MODE_ACTIVEBACKUP && stamps_in_hardware(p->conf))
		iface_warn(p, i, F_LINK_BOND_MODE, i->name, "its mode is %s",
			   bond_mode_name(l->bond_mode));
	else if (l->bond_mode == BOND_MODE_ACTIVEBACKUP && !l->active)
		iface_warn(p, i, F_LINK_BOND_EMPTY, i->name, "no member is active");
}

/* The kernel passes the setting down to a device of the same namespace only. */
static void judge_elsewhere(struct probe *p, struct iface *i)
{
	if (!i->link.lower_elsewhere || !rests_on_lower(&i->link) || !stamps_in_hardware(p->conf))
		return;
	i->troubled = true;
	note_block(p->out, F_LINK_BELOW_ELSEWHERE, WAIT_NONE, i->name,
		   "the device below this %s is in another network namespace", i->link.kind);
}

static void judge_base(struct probe *p, struct iface *i)
{
	const struct link_info *b = &i->base;

	if (!i->base_known || b->index == i->link.index)
		return;
	if (!(b->flags & IFF_UP))
		iface_warn(p, i, F_LINK_BELOW, b->name, "%s lies on it, and it is switched off",
			   i->name);
	else if (b->carrier == ANSWER_NO)
		iface_warn(p, i, F_LINK_BELOW, b->name, "%s lies on it, and it has no carrier",
			   i->name);
}

static void judge_queues(struct probe *p, struct iface *i, const struct link_info *l)
{
	static const char *const slotted[] = { "taprio", "mqprio", "etf" };

	if (one_of(slotted, ARRAY_LEN(slotted), l->qdisc))
		iface_warn(p, i, F_LINK_QDISC, l->name, "%s", l->qdisc);
	if (l->xdp)
		iface_warn(p, i, F_LINK_XDP, l->name, "an XDP program is attached");
}

void judge_below(struct probe *p, struct iface *i)
{
	find_base(p, i);
	judge_bond(p, i);
	judge_elsewhere(p, i);
	judge_base(p, i);
	if (!p->in->full)
		return;
	judge_queues(p, i, &i->link);
	if (i->base.index != i->link.index)
		judge_queues(p, i, &i->base);
	if (p->sys->eee_active(i->base.name) == 1)
		iface_warn(p, i, F_LINK_EEE, i->base.name, "it is active on this link");
}
