#include "conf/linuxptp/ptpcross.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Positions of the labels in options.tsv. */
enum { CLOCK_OC, CLOCK_BC, CLOCK_P2P_TC, CLOCK_E2E_TC };
enum { AS_CAPABLE_TRUE, BMCA_NOOP = 1 };

struct cross {
	const struct ptp_judge *judge;
	const struct ptp_settings *s;
	const struct ptp_command *cmd;
	struct lint *lint;
};

/* Where the value that counts comes from: the command line when it is a default. */
static struct lint_place place_of(const struct cross *c, int port, const char *name)
{
	const struct ptp_setting *set = ptp_settings_find(c->s, port, name);

	return set ? set->place : (struct lint_place){ 0 };
}

static int number(const struct cross *c, int port, const char *name)
{
	return (int)ptp_number(c->s, port, name);
}

static int common(const struct cross *c, const char *name)
{
	return number(c, PTP_ALL_PORTS, name);
}

static bool has_hardware(const struct cross *c)
{
	int stamps = common(c, "time_stamping");

	return stamps != TS_SOFTWARE && stamps != TS_LEGACY;
}

/* slaveOnly and masterOnly where the installed version has no other name. */
static const char *role_name(const struct cross *c, const char *newer, const char *older)
{
	return ptp_option_find(newer, c->s->version) ? newer : older;
}

static void check_ports(const struct cross *c)
{
	unsigned ports = c->s->ports + c->s->ports_beyond;
	int type = common(c, "clock_type");

	if (!ports)
		lint_add(c->lint, "config.no_interface", (struct lint_place){ 0 }, NULL,
			 "no interface specified");
	else if (type != CLOCK_OC && ports < 2)
		lint_add(c->lint, "config.clock_type_ports",
			 place_of(c, PTP_ALL_PORTS, "clock_type"), "clock_type",
			 "%s needs at least two interfaces", type == CLOCK_BC ? "BC" : "TC");
}

static bool mechanism_fits(const struct cross *c, int port)
{
	int type = common(c, "clock_type"), mechanism = number(c, port, "delay_mechanism");

	return type == CLOCK_P2P_TC ? mechanism == DELAY_P2P :
	       type == CLOCK_E2E_TC ? mechanism == DELAY_E2E :
				      true;
}

static void check_mechanism(const struct cross *c)
{
	bool p2p = common(c, "clock_type") == CLOCK_P2P_TC;

	if (!mechanism_fits(c, PTP_ALL_PORTS))
		lint_add(c->lint, "config.clock_type_mechanism",
			 place_of(c, PTP_ALL_PORTS, "clock_type"), "clock_type",
			 "%s needs %s delay mechanism", p2p ? "P2P_TC" : "E2E_TC",
			 p2p ? "P2P" : "E2E");
}

static void check_port_mechanism(const struct cross *c, int port)
{
	const char *type = common(c, "clock_type") == CLOCK_P2P_TC ? "P2P" : "E2E";

	if (ptp_settings_given(c->s, port, "delay_mechanism") && !mechanism_fits(c, port))
		lint_add(c->lint, "config.clock_type_port", place_of(c, port, "delay_mechanism"),
			 "delay_mechanism", "port %d: %s TC needs %s ports", port + 1, type, type);
}

static void check_onestep(const struct cross *c)
{
	if (!has_hardware(c) && !common(c, "twoStepFlag"))
		lint_add(c->lint, "config.onestep_software",
			 place_of(c, PTP_ALL_PORTS, "twoStepFlag"), "twoStepFlag",
			 "one step is only possible with hardware time stamping");
}

static void check_capable(const struct cross *c)
{
	if (common(c, "clientOnly") && !common(c, "gmCapable"))
		lint_add(c->lint, "config.client_not_capable",
			 place_of(c, PTP_ALL_PORTS, "gmCapable"), "gmCapable",
			 "Cannot mix 1588 %s with 802.1AS !gmCapable",
			 role_name(c, "clientOnly", "slaveOnly"));
}

static unsigned count(const char *text, char what)
{
	unsigned n = 0;

	for (; *text; text++)
		n += *text == what;
	return n;
}

static void check_descriptions(const struct cross *c)
{
	static const struct {
		const char *name;
		size_t max;
		unsigned semicolons;
	} of[] = {
		{ "productDescription", 64, 2 },
		{ "revisionData", 32, 2 },
		{ "userDescription", 128, 0 },
	};
	const char *id = ptp_text(c->s, PTP_ALL_PORTS, "manufacturerIdentity");
	unsigned char b[3];

	for (unsigned i = 0; i < ARRAY_LEN(of); i++) {
		const char *text = ptp_text(c->s, PTP_ALL_PORTS, of[i].name);

		if (strlen(text) > of[i].max ||
		    (of[i].semicolons && count(text, ';') != of[i].semicolons))
			lint_add(c->lint, "config.description",
				 place_of(c, PTP_ALL_PORTS, of[i].name), of[i].name,
				 "invalid %s '%.100s'", of[i].name, text);
	}
	if (sscanf(id, "%02hhx:%02hhx:%02hhx", &b[0], &b[1], &b[2]) != 3)
		lint_add(c->lint, "config.description",
			 place_of(c, PTP_ALL_PORTS, "manufacturerIdentity"),
			 "manufacturerIdentity", "invalid manufacturerIdentity '%.100s'", id);
}

static void check_identity(const struct cross *c)
{
	const char *id = ptp_text(c->s, PTP_ALL_PORTS, "clockIdentity");
	unsigned char b[8];

	/* before 3.0 there is no such option and the text is empty */
	if (*id && sscanf(id, "%02hhx%02hhx%02hhx.%02hhx%02hhx.%02hhx%02hhx%02hhx", &b[0], &b[1],
			  &b[2], &b[3], &b[4], &b[5], &b[6], &b[7]) != 8)
		lint_add(c->lint, "config.clock_identity",
			 place_of(c, PTP_ALL_PORTS, "clockIdentity"), "clockIdentity",
			 "failed to set clock identity");
}

static void check_mac(const struct cross *c, int port, const char *name)
{
	const char *text = ptp_text(c->s, port, name);
	unsigned char b[6];

	if (number(c, port, "network_transport") == TRANSPORT_L2 &&
	    sscanf(text, "%02hhx:%02hhx:%02hhx:%02hhx:%02hhx:%02hhx", &b[0], &b[1], &b[2], &b[3],
		   &b[4], &b[5]) != 6)
		lint_add(c->lint, "config.destination_mac", place_of(c, port, name), name,
			 "invalid %s %.60s", name, text);
}

static void check_unicast(const struct cross *c, int port)
{
	int id = number(c, port, "unicast_master_table");

	if (!id)
		return;
	for (unsigned i = 0; i < c->judge->tables; i++)
		if (c->judge->table_id[i] == id)
			return;
	if (c->judge->tables == UNICAST_TABLES_MAX)
		return;		/* one of those that we did not keep */
	c->lint->missing_section = "unicast_master_table";
	lint_add(c->lint, "config.unicast_table", place_of(c, port, "unicast_master_table"),
		 "unicast_master_table", "port %d: no table with id %d", port + 1, id);
}

static void check_roles(const struct cross *c, int port)
{
	bool client = common(c, "clientOnly"), server = number(c, port, "serverOnly");
	const char *client_name = role_name(c, "clientOnly", "slaveOnly");
	const char *server_name = role_name(c, "serverOnly", "masterOnly");

	if (client && server)
		lint_add(c->lint, "config.client_and_server", place_of(c, port, "serverOnly"),
			 server_name, "port %d: %s and %s are both set", port + 1, client_name,
			 server_name);
	if (number(c, port, "BMCA") == BMCA_NOOP && !client && !server)
		lint_add(c->lint, "config.bmca_undecided", place_of(c, port, "BMCA"), "BMCA",
			 "Please enable at least one of %s or %s when BMCA == noop.", server_name,
			 client_name);
}

static void check_delay(const struct cross *c, int port)
{
	bool hybrid = number(c, port, "hybrid_e2e");

	if (number(c, port, "inhibit_delay_req") &&
	    number(c, port, "asCapable") != AS_CAPABLE_TRUE)
		lint_add(c->lint, "config.delay_request_inhibited",
			 place_of(c, port, "inhibit_delay_req"), "inhibit_delay_req",
			 "inhibit_delay_req can only be set when asCapable == 'true'.");
	if (hybrid && number(c, port, "delay_mechanism") == DELAY_P2P)
		lint_add(c->lint, "config.hybrid_without_e2e", place_of(c, port, "hybrid_e2e"),
			 "hybrid_e2e", "port %d: hybrid_e2e only works with E2E", port + 1);
	if (number(c, port, "net_sync_monitor") && !hybrid)
		lint_add(c->lint, "config.monitor_without_hybrid",
			 place_of(c, port, "net_sync_monitor"), "net_sync_monitor",
			 "port %d: net_sync_monitor needs hybrid_e2e", port + 1);
}

/* linuxptp counts 2^interval samples in an int; some versions still take 32. */
static void check_interval(const struct cross *c, int port, const char *name)
{
	if (number(c, port, name) > 32)
		lint_add(c->lint, "config.interval_too_long", place_of(c, port, name), name,
			 "%s is too long", name);
}

static void check_free_running(const struct cross *c)
{
	static const char *const steps[] = { "step_threshold", "first_step_threshold" };

	for (unsigned i = 0; i < ARRAY_LEN(steps) && common(c, "free_running"); i++) {
		const struct ptp_setting *set =
			ptp_settings_given(c->s, PTP_ALL_PORTS, steps[i]);

		/* who writes the default down does not ask for anything */
		if (set && set->number > 0 && set->number != strtod(set->opt->fallback, NULL))
			lint_add(c->lint, "config.free_running_step", set->place, steps[i],
				 "%s has no effect with free_running 1", steps[i]);
	}
}

static void check_logging(const struct cross *c)
{
	if (common(c, "logging_level") < 5)
		lint_add(c->lint, "config.level_hides",
			 place_of(c, PTP_ALL_PORTS, "logging_level"), "logging_level",
			 "logging_level %d hides the states of the ports",
			 common(c, "logging_level"));
}

static void check_socket(const struct cross *c, const char *name)
{
	const char *path = ptp_text(c->s, PTP_ALL_PORTS, name);

	if (strlen(path) > 107)
		lint_add(c->lint, "config.socket_path_long", place_of(c, PTP_ALL_PORTS, name),
			 name, "%s is %zu bytes long and is cut to 107", name, strlen(path));
}

/* A section names a port although the command line does, and no type of clock wants two. */
static void check_accidental_ports(const struct cross *c)
{
	const struct ptp_port *wanted = NULL;

	for (unsigned i = 0; i < c->s->ports && !wanted; i++)
		if (c->s->port[i].on_command_line)
			wanted = &c->s->port[i];
	if (!wanted || common(c, "clock_type") != CLOCK_OC || common(c, "boundary_clock_jbod"))
		return;
	for (unsigned i = 0; i < c->s->ports; i++)
		if (!c->s->port[i].on_command_line)
			lint_add(c->lint, "config.port_only_in_file", c->s->port[i].section, NULL,
				 "section [%s] adds a port to %s of the command line",
				 c->s->port[i].name, wanted->name);
}

/* -S and a section with time_stamping hardware: the section wins. */
static void check_overridden(const struct cross *c)
{
	for (unsigned i = 0; i < c->s->n; i++) {
		const struct ptp_setting *own = &c->s->at[i], *all;

		if (own->port == PTP_ALL_PORTS)
			continue;
		all = ptp_settings_given(c->s, PTP_ALL_PORTS, own->opt->name);
		if (!all || !all->locked || !all->text || !own->text ||
		    !strcmp(all->text, own->text))
			continue;
		lint_add(c->lint, "config.port_over_command", own->place, own->opt->name,
			 "section [%s] sets %s to %.40s, over %.40s of the command line",
			 c->s->port[own->port].name, own->opt->name, own->text, all->text);
	}
}

static void check_port(const struct cross *c, int port)
{
	check_port_mechanism(c, port);
	check_roles(c, port);
	check_unicast(c, port);
	check_mac(c, port, "ptp_dst_mac");
	check_mac(c, port, "p2p_dst_mac");
	check_delay(c, port);
	if (ptp_settings_given(c->s, port, "freq_est_interval"))
		check_interval(c, port, "freq_est_interval");
}

/* In the order in which ptp4l would come upon them. */
static void check_ptp4l(const struct cross *c)
{
	check_ports(c);
	check_mechanism(c);
	check_descriptions(c);
	check_capable(c);
	check_onestep(c);
	check_identity(c);
	for (unsigned i = 0; i < c->s->ports; i++)
		check_port(c, (int)i);
	check_interval(c, PTP_ALL_PORTS, "freq_est_interval");
	check_interval(c, PTP_ALL_PORTS, "summary_interval");
	check_free_running(c);
	check_logging(c);
	check_socket(c, "uds_address");
	check_socket(c, "uds_ro_address");
	check_accidental_ports(c);
	check_overridden(c);
	if (c->cmd->phc && common(c, "time_stamping") == TS_SOFTWARE)
		lint_add(c->lint, "config.phc_ignored", (struct lint_place){ 0 }, "-p",
			 "%.60s is not used with software time stamping", c->cmd->phc);
}

static void conflict(const struct cross *c, const char *words, const char *advice)
{
	lint_advise(lint_add(c->lint, "config.command_conflict", (struct lint_place){ 0 }, NULL,
			     "%s", words),
		    "%s", advice);
}

static void check_manual(const struct cross *c)
{
	const struct ptp_command *cmd = c->cmd;
	bool offset_needed = !c->s->version || c->s->version < 0x0404ff;

	if (!cmd->source && !cmd->pps)
		conflict(c, "autoconfiguration or valid source clock must be selected.",
			 "Add -a -r, or -s INTERFACE -w.");
	else if (!cmd->wait && !cmd->offset_given && offset_needed)
		conflict(c, "time offset must be specified using -w or -O",
			 "Add -w, so that phc2sys waits for ptp4l and takes the offset from it.");
	else if (cmd->pps && cmd->sink && strcmp(cmd->sink, "CLOCK_REALTIME"))
		conflict(c, "cannot use a pps device unless destination is CLOCK_REALTIME",
			 "Remove -c, or remove -d.");
	if (cmd->sockets > 1 && (!c->s->version || c->s->version >= 0x040000))
		conflict(c, "autoconfiguration needed with multiple domains.",
			 "Give -z once, or use -a.");
}

static void check_phc2sys(const struct cross *c)
{
	const struct ptp_command *cmd = c->cmd;

	if (!cmd->automatic)
		check_manual(c);
	else if (cmd->source || cmd->sink || cmd->pps || cmd->wait || cmd->offset_given)
		conflict(c, "autoconfiguration cannot be mixed with manual config options.",
			 "Use -a -r alone, or remove -a.");
	check_socket(c, "uds_address");
	check_logging(c);
}

static void check_ts2phc(const struct cross *c)
{
	unsigned sinks = c->s->ports_beyond, sources = c->cmd->sources != 0;

	for (unsigned i = 0; i < c->s->ports; i++) {
		bool source = number(c, (int)i, "ts2phc.master");

		sources += source;
		sinks += !source || c->s->port[i].on_command_line;
	}
	if (sources > 1)
		conflict(c, "too many PPS sources",
			 "Leave one: -s, or one section with ts2phc.master 1.");
	if (!sinks && !c->cmd->automatic)
		lint_add(c->lint, "config.sinks_missing", (struct lint_place){ 0 }, NULL,
			 "no %s specified",
			 c->s->version && c->s->version < 0x040000 ? "slave clocks" : "PPS sinks");
}

void ptp_cross_check(const struct ptp_judge *j, enum program program,
		     const struct ptp_command *cmd)
{
	const struct cross c = { .judge = j, .s = j->settings, .cmd = cmd, .lint = j->lint };

	if (program == PROG_PTP4L)
		check_ptp4l(&c);
	else if (program == PROG_PHC2SYS)
		check_phc2sys(&c);
	else if (program == PROG_TS2PHC)
		check_ts2phc(&c);
}
