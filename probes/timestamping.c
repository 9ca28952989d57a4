/* Can the interfaces stamp messages the way that is configured? */
#include <errno.h>
#include <linux/net_tstamp.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>

#include "ifkind.h"
#include "questions.h"
#include "text.h"

#define HARDWARE_BITS (SOF_TIMESTAMPING_TX_HARDWARE | SOF_TIMESTAMPING_RX_HARDWARE | \
		       SOF_TIMESTAMPING_RAW_HARDWARE)
#define SOFTWARE_BITS (SOF_TIMESTAMPING_TX_SOFTWARE | SOF_TIMESTAMPING_RX_SOFTWARE | \
		       SOF_TIMESTAMPING_SOFTWARE)
#define LEGACY_BITS (SOF_TIMESTAMPING_TX_HARDWARE | SOF_TIMESTAMPING_RX_HARDWARE | \
		     SOF_TIMESTAMPING_SYS_HARDWARE)
#define BIT(n) (1u << (n))

/*
 * A clock in the PHY may appear only when the interface is up or has its link;
 * otherwise the driver that makes it may still be loading.
 */
static void clears_with_clock(struct finding *f, const struct iface *i)
{
	if (!(i->link.flags & IFF_UP))
		note_clears(f, WAIT_UP, i->name, 0);
	else if (i->link.carrier == ANSWER_NO)
		note_clears(f, WAIT_CARRIER, i->name, 0);
	else
		note_clears(f, WAIT_DEVICE, WAIT_ANY_PTP_CLOCK, 0);
}

static struct finding *bad(struct probe *p, struct iface *i, const char *id, const char *fmt, ...)
	PRINTF_LIKE(4, 5);

static struct finding *bad(struct probe *p, struct iface *i, const char *id, const char *fmt, ...)
{
	char what[160];
	struct finding *f;
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(what, sizeof(what), fmt, ap);
	va_end(ap);
	i->troubled = true;
	f = note_block(p->out, id, WAIT_NONE, i->name, "%s", what);
	clears_with_clock(f, i);
	return f;
}

static bool is_bond(const struct iface *i)
{
	return !strcmp(i->link.kind, "bond") || !strcmp(i->link.kind, "team");
}

/* What an interface lacks of the stamps that are wanted, in words. */
static const char *lacking(unsigned so, unsigned wanted)
{
	bool hardware = wanted & SOF_TIMESTAMPING_TX_HARDWARE;

	if (!(so & wanted))
		return hardware
			       ? (so & SOF_TIMESTAMPING_TX_SOFTWARE ? "it stamps in software only"
								    : "it cannot stamp in hardware")
			       : "it cannot stamp, not even in software";
	if (!(so & wanted & (SOF_TIMESTAMPING_TX_HARDWARE | SOF_TIMESTAMPING_TX_SOFTWARE)))
		return "it stamps what it receives, but not what it sends";
	if (!(so & wanted & (SOF_TIMESTAMPING_RX_HARDWARE | SOF_TIMESTAMPING_RX_SOFTWARE)))
		return "it stamps what it sends, but not what it receives";
	return "it does not hand on the raw stamps of its clock";
}

static void judge_bits(struct probe *p, struct iface *i, unsigned wanted, const char *id)
{
	if ((i->ts.so & wanted) == wanted)
		return;
	/* kernels before 5.18 answer for the bond, not for what its members can do */
	if (is_bond(i) && !i->member[0])
		note(p->out, F_TS_UNKNOWN, FINDING_UNKNOWN, i->name,
		     "the %s does not tell what its active member can do", i->link.kind);
	else
		bad(p, i, id, "%s", lacking(i->ts.so, wanted));
}

static void judge_one_step(struct probe *p, struct iface *i)
{
	bool p2p = p->conf->time_stamping == TS_P2P1STEP;
	unsigned wanted = BIT(p2p ? HWTSTAMP_TX_ONESTEP_P2P : HWTSTAMP_TX_ONESTEP_SYNC);

	if (i->ts.tx_types && !(i->ts.tx_types & wanted))
		bad(p, i, F_TS_ONE_STEP, "the driver offers transmit types 0x%x", i->ts.tx_types);
}

/* Drivers may accept a narrower filter than they list, so this only warns. */
static void judge_filter(struct probe *p, struct iface *i)
{
	unsigned any = BIT(HWTSTAMP_FILTER_ALL) | BIT(HWTSTAMP_FILTER_PTP_V2_EVENT) |
		       BIT(HWTSTAMP_FILTER_PTP_V2_SYNC) | BIT(HWTSTAMP_FILTER_PTP_V2_DELAY_REQ);
	unsigned mine = p->conf->transport == TRANSPORT_L2 ? BIT(HWTSTAMP_FILTER_PTP_V2_L2_EVENT) :
							     BIT(HWTSTAMP_FILTER_PTP_V2_L4_EVENT);

	if (!i->ts.rx_filters || (i->ts.rx_filters & (any | mine)))
		return;
	i->troubled = true;
	note(p->out, F_TS_FILTER, FINDING_WARN, i->name, "the driver offers receive filters 0x%x",
	     i->ts.rx_filters);
}

static void judge_hardware(struct probe *p, struct iface *i)
{
	judge_bits(p, i, HARDWARE_BITS, F_TS_HARDWARE);
	if (i->troubled)
		return;
	if (p->conf->time_stamping != TS_HARDWARE)
		judge_one_step(p, i);
	judge_filter(p, i);
	if (i->ts.phc_index < 0 && !p->conf->free_running && !p->conf->phc_device[0] &&
	    (!is_bond(i) || i->member[0]))
		bad(p, i, F_TS_NO_CLOCK, "the driver names no PTP clock");
}

/* Without an answer hardware mode needs a device by name; software mode goes on untested. */
static void judge_silence(struct probe *p, struct iface *i)
{
	if (i->ts_rc == -EOPNOTSUPP && stamps_in_hardware(p->conf) && !p->conf->phc_device[0] &&
	    !is_bond(i))
		bad(p, i, F_TS_HARDWARE, "the driver says nothing about time stamping");
	else
		note(p->out, F_TS_UNKNOWN, FINDING_UNKNOWN, i->name, "%s", strerror(-i->ts_rc));
}

static const char *const mode_names[] = {
	[TS_HARDWARE] = "hardware", [TS_SOFTWARE] = "software", [TS_LEGACY] = "legacy hardware",
	[TS_ONESTEP] = "one-step",  [TS_P2P1STEP] = "peer-to-peer one-step",
};

static void judge_mode(struct probe *p, struct iface *i)
{
	bool before = i->troubled;

	i->troubled = false;
	if (i->ts_rc < 0)
		judge_silence(p, i);
	else if (stamps_in_hardware(p->conf))
		judge_hardware(p, i);
	else if (p->conf->time_stamping == TS_SOFTWARE)
		judge_bits(p, i, SOFTWARE_BITS, F_TS_SOFTWARE);
	else
		judge_bits(p, i, LEGACY_BITS, F_TS_HARDWARE);
	if (!i->troubled && i->ts_rc == 0)
		note(p->out, F_TS_OK, FINDING_PASS, i->name, "%s time stamping",
		     NAME_OF(mode_names, p->conf->time_stamping));
	i->troubled |= before;
}

/* phc2sys takes the clock of an interface; it stamps nothing. */
static void judge_clock_of(struct probe *p, struct iface *i)
{
	if (i->ts_rc == 0 && i->ts.phc_index < 0)
		bad(p, i, F_TS_HARDWARE, "it has no PTP clock");
}

static void judge_common_clock(struct probe *p)
{
	const struct iface *first = &p->iface[0];

	if (!stamps_in_hardware(p->conf) || p->conf->boundary_clock_jbod ||
	    p->conf->phc_device[0] || p->conf->free_running || first->ts_rc)
		return;
	for (unsigned n = 1; n < p->ifaces; n++) {
		struct iface *i = &p->iface[n];

		if (i->port && i->ts_rc == 0 && i->ts.phc_index >= 0 && first->ts.phc_index >= 0 &&
		    i->ts.phc_index != first->ts.phc_index)
			bad(p, i, F_TS_DIFFERENT_CLOCKS, "its clock is ptp%d, that of %s is ptp%d",
			    i->ts.phc_index, first->name, first->ts.phc_index);
	}
}

static void judge_taken_away(struct probe *p, struct iface *i)
{
	int tx, rx;

	if (p->sys->hwtstamp(i->name, &tx, &rx) < 0)
		return;
	fact(p->out, "iface.hwtstamp_tx", "%d", tx);
	fact(p->out, "iface.hwtstamp_rx", "%d", rx);
	if (p->in->running && stamps_in_hardware(p->conf) && tx == HWTSTAMP_TX_OFF)
		note(p->out, F_TS_TAKEN_AWAY, FINDING_WARN, i->name,
		     "transmit stamping is off while ptp4l runs");
}

static void list_clocks(struct probe *p)
{
	char list[96];
	struct text t = text_in(list, sizeof(list));

	for (unsigned i = 0; i < p->ifaces; i++)
		if (p->iface[i].ts_rc == 0)
			text_add(&t, "%s%d", t.len ? "," : "", p->iface[i].ts.phc_index);
	if (t.len)
		fact(p->out, "iface.phc_index", "%s", list);
}

static void ts_facts(struct probe *p, const struct ts_info *ts)
{
	fact(p->out, "iface.hw_tx", "%s", yes_no(ts->so & SOF_TIMESTAMPING_TX_HARDWARE));
	fact(p->out, "iface.hw_rx", "%s", yes_no(ts->so & SOF_TIMESTAMPING_RX_HARDWARE));
	fact(p->out, "iface.hw_raw", "%s", yes_no(ts->so & SOF_TIMESTAMPING_RAW_HARDWARE));
	fact(p->out, "iface.sw_tx", "%s", yes_no(ts->so & SOF_TIMESTAMPING_TX_SOFTWARE));
}

static void provider_facts(struct probe *p, const struct iface *i)
{
	const char *provider = iface_provider(p->sys, i->base.name, &i->ts);
	int providers = p->in->full && i->ts.phc_index >= 0 ? p->sys->ts_providers(i->name) : 0;

	if (provider)
		fact(p->out, "iface.ts_provider", "%s", provider);
	if (providers > 0)
		fact(p->out, "iface.ts_providers", "%d", providers);
}

static void facts_of_worst(struct probe *p)
{
	const struct iface *i = NULL;

	for (unsigned n = p->ifaces; n-- > 0;)
		if (p->iface[n].ts_rc == 0 && (!i || p->iface[n].troubled || n == 0))
			i = &p->iface[n];
	if (i) {
		ts_facts(p, &i->ts);
		provider_facts(p, i);
	}
	list_clocks(p);
}

void probe_timestamping(struct probe *p)
{
	bool stamps = p->in->unit->program == PROG_PTP4L;

	for (unsigned n = 0; n < p->ifaces; n++) {
		struct iface *i = &p->iface[n];

		if (i->link_rc < 0)
			continue;
		i->ts_rc = p->sys->ts_info(stamps && i->member[0] ? i->member : i->name, &i->ts);
		if (stamps)
			judge_mode(p, i);
		else if (!i->port)
			judge_clock_of(p, i);
		/* before a start nothing is set yet */
		if (stamps && (p->in->full || p->in->running))
			judge_taken_away(p, i);
	}
	if (stamps)
		judge_common_clock(p);
	facts_of_worst(p);
}
