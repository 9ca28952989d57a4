#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "daemonfacts.h"

#define set(name, ...) facts_set(out, "config", MSEC_NONE, (name), __VA_ARGS__)

static const char *yes_no(bool b)
{
	return b ? "yes" : "no";
}

static void ptp4l(const struct daemon_conf *c, struct facts *out)
{
	static const char *const stamping[] = { "hardware", "software", "legacy", "onestep",
						"p2p1step" };
	static const char *const transport[] = { "UDPv4", "UDPv6", "L2", "other" };
	static const char *const delay[] = { "auto", "E2E", "P2P", "none" };

	set("ptp4l.time_stamping", "%s", NAME_OF(stamping, c->time_stamping));
	set("ptp4l.transport", "%s", NAME_OF(transport, c->transport));
	set("ptp4l.delay_mechanism", "%s", NAME_OF(delay, c->delay_mechanism));
	set("ptp4l.domain", "%d", c->domain);
	set("ptp4l.transport_specific", "%d", c->transport_specific);
	set("ptp4l.client_only", "%s", yes_no(c->client_only));
	set("ptp4l.server_only", "%s", yes_no(c->server_only));
	set("ptp4l.free_running", "%s", yes_no(c->free_running));
	set("ptp4l.unicast", "%s", yes_no(c->unicast));
	set("ptp4l.two_step", "%s", yes_no(c->two_step));
	set("ptp4l.boundary_clock_jbod", "%s", yes_no(c->boundary_clock_jbod));
	set("ptp4l.priority1", "%d", c->priority1);
	set("ptp4l.tx_timestamp_timeout_ms", "%d", c->tx_timestamp_timeout_ms);
	set("ptp4l.minor_version", "%d", c->minor_version);
	set("ptp4l.step_threshold", "%g", c->step_threshold);
	set("ptp4l.uds_address", "%s", c->uds_address);
	set("ptp4l.interfaces", "%u", c->ports);
	if (c->ports == 1)
		set("iface.name", "%s", c->port[0]);
}

static void phc2sys(const struct daemon_conf *c, struct facts *out)
{
	set("phc2sys.auto", "%s", yes_no(c->automatic));
	set("phc2sys.wait", "%s", yes_no(c->wait));
	set("phc2sys.source", "%s", c->source);
	set("phc2sys.sink", "%s", c->sink);
	set("phc2sys.domain", "%d", c->domain);
	set("phc2sys.transport_specific", "%d", c->transport_specific);
	set("phc2sys.uds_address", "%s", c->uds_address);
	set("phc2sys.step_threshold", "%g", c->step_threshold);
	if (c->leap_or_utc_offset != INT_MIN)
		set("phc2sys.offset", "%d", c->leap_or_utc_offset);
	if (c->source[0] && c->source[0] != '/' && strncmp(c->source, "CLOCK_", 6))
		set("iface.name", "%s", c->source);
}

/* Without the whole command line it is no news that it names no interface. */
static void first_error(const struct lint *lint, bool whole_command, struct facts *out)
{
	char name[FACT_NAME_MAX];

	for (unsigned i = 0; i < lint->n; i++) {
		const struct lint_note *n = &lint->at[i];

		if (n->severity != LINT_ERROR ||
		    (!whole_command && !strcmp(n->id, "config.no_interface")))
			continue;
		snprintf(name, sizeof(name), "block.%s", n->id);
		set(name, "%s%s%s", n->file, n->file[0] ? ": " : "", n->text);
		set("config.error", "%s", n->text);
		if (n->advice[0])
			set("config.advice", "%s", n->advice);
		return;
	}
}

void daemon_conf_facts(const struct daemon_conf *conf, const struct lint *lint, bool whole_command,
		       struct facts *out)
{
	if (conf->config_file[0])
		set("config.path", "%s", conf->config_file);
	if (conf->program == PROG_PTP4L)
		ptp4l(conf, out);
	else if (conf->program == PROG_PHC2SYS)
		phc2sys(conf, out);
	first_error(lint, whole_command, out);
}
