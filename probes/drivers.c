/*
 * What is known of single drivers: settings that are legal and spoil the run.
 * A table; it grows by rows, each with the place where it was learned.
 */
#include <stdio.h>
#include <string.h>

#include "questions.h"

struct known_clock {
	const char *driver;	/* of the interface, or NULL */
	const char *clock;	/* how the name of its clock begins, or NULL */
	int least_ms;		/* tx_timestamp_timeout that works at all */
	int good_ms;		/* ... and also under load */
	bool minor_version;	/* its hardware stamps PTP 2.0 messages only */
	const char *why;
};

/*
 * Stamps that come over a slow bus or through firmware are late; linuxptp 4.0 raised its default
 * from 1 to 10 ms for them. ice: openshift-docs 48000. Broadcom: raspberrypi/linux 5947.
 */
static const struct known_clock known[] = {
	{ NULL, "bcm_phy_ptp", 10, 100, true, "its PHY hands stamps over MDIO" },
	{ NULL, "bcm-phy-ptp", 10, 100, true, "its PHY hands stamps over MDIO" },
	{ NULL, "BCM54210", 10, 100, true, "its PHY hands stamps over MDIO" },
	{ NULL, "dp83640", 10, 50, false, "its PHY hands stamps over MDIO" },
	{ NULL, "NXP C45", 10, 50, false, "its PHY hands stamps over MDIO" },
	{ NULL, "VSC85xx", 10, 50, false, "its PHY hands stamps over MDIO" },
	{ NULL, "lan8814", 10, 50, false, "its PHY hands stamps over MDIO" },
	{ NULL, "mv88e6xxx", 10, 50, false, "the switch hands stamps over MDIO" },
	{ NULL, "SJA1105", 10, 50, false, "the switch hands stamps over SPI" },
	{ "ice", NULL, 10, 50, false, "its firmware hands stamps on" },
};

static void clock_name_of(const struct probe *p, const struct iface *i, char *name, size_t size)
{
	char path[64];

	name[0] = '\0';
	if (i->ts_rc || i->ts.phc_index < 0)
		return;
	snprintf(path, sizeof(path), "/sys/class/ptp/ptp%d/clock_name", i->ts.phc_index);
	if (read_small(p->sys, path, name, size) < 0)
		name[0] = '\0';
	name[strcspn(name, "\n")] = '\0';
}

static const struct known_clock *find(const char *driver, const char *clock)
{
	for (size_t n = 0; n < ARRAY_LEN(known); n++) {
		const struct known_clock *k = &known[n];

		if ((k->driver && !strcmp(k->driver, driver)) ||
		    (k->clock && !strncasecmp(k->clock, clock, strlen(k->clock))))
			return k;
	}
	return NULL;
}

static void judge_timeout(struct probe *p, const struct iface *i, const struct known_clock *k)
{
	int have = p->conf->tx_timestamp_timeout_ms;
	struct finding *f;

	if (have >= k->least_ms)
		return;
	f = note(p->out, F_TS_TIMEOUT, FINDING_WARN, i->name,
		 "tx_timestamp_timeout is %d ms, and %s", have, k->why);
	snprintf(f->advice, sizeof(f->advice), "Set tx_timestamp_timeout %d in [global].",
		 k->good_ms);
}

/* The option came with 4.2; 4.0 and 4.1 always say 2.1, older ones 2.0. */
static void judge_minor_version(struct probe *p, const struct iface *i,
				const struct known_clock *k)
{
	bool always = p->version >= 0x040000 && p->version < 0x040200;
	struct finding *f;

	if (!k->minor_version || !(always || p->conf->minor_version))
		return;
	f = note(p->out, F_TS_MINOR_VERSION, FINDING_WARN, i->name,
		 "ptp4l sends PTP 2.1 messages, which this PHY does not stamp");
	if (always)
		snprintf(f->advice, sizeof(f->advice),
			 "Install linuxptp 4.2 or newer and set ptp_minor_version 0.");
}

void probe_drivers(struct probe *p)
{
	struct driver_info driver;
	char clock[48];

	if (p->in->unit->program != PROG_PTP4L || !stamps_in_hardware(p->conf))
		return;
	for (unsigned n = 0; n < p->ifaces; n++) {
		const struct iface *i = &p->iface[n];
		const struct known_clock *k;

		if (i->link_rc < 0 || p->sys->driver(i->name, &driver) < 0)
			continue;
		clock_name_of(p, i, clock, sizeof(clock));
		k = find(driver.driver, clock);
		if (!k)
			continue;
		judge_timeout(p, i, k);
		judge_minor_version(p, i, k);
	}
}
