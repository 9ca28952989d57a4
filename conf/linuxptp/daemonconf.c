#include "conf/linuxptp/command.h"
#include "conf/linuxptp/daemonconf.h"

#include <errno.h>
#include <limits.h>
#include <linux/capability.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "conf/linuxptp/conffile.h"
#include "conf/linuxptp/ptpcross.h"
#include "conf/linuxptp/timemaster.h"

lp_version lp_version_parse(const char *text)
{
	unsigned major = 0, minor = 0, patch = 0;
	int end = 0;

	if (sscanf(text, "%3u.%3u%n", &major, &minor, &end) < 2 || major > 255 || minor > 255)
		return 0;
	text += end;
	if (sscanf(text, ".%3u%n", &patch, &end) == 1)
		text += end;
	if (patch > 254)
		return 0;
	/* "4.4-00012-gabc": so many commits later, with some of what comes next */
	if (text[0] == '-' && text[1] >= '0' && text[1] <= '9' && strstr(text, "-g"))
		patch = 255;
	return major << 16 | minor << 8 | patch;
}

static int judge_file(struct ptp_judge *j, const char *name)
{
	char *bytes;
	size_t len;
	int rc = conf_file_read(name, j->lint, &bytes, &len);

	j->file = name;
	if (!rc)
		ptp_judge_file(j, bytes, len);
	free(bytes);
	return rc;
}

static void copy(char *to, size_t size, const char *from)
{
	snprintf(to, size, "%s", from ? from : "");
}

static int number(const struct ptp_settings *s, const char *name)
{
	return (int)ptp_number(s, PTP_ALL_PORTS, name);
}

static void fill_ports(struct daemon_conf *conf, const struct ptp_settings *s)
{
	conf->ports = s->ports;
	for (unsigned i = 0; i < s->ports; i++) {
		const struct ptp_port *port = &s->port[i];

		copy(conf->port[i], sizeof(conf->port[i]), port->name);
		conf->port_from_file[i] = !port->on_command_line;
		conf->port_line[i] = port->section.line;
		conf->port_transport[i] =
			(enum transport)ptp_number(s, (int)i, "network_transport");
		conf->port_is_source[i] = ptp_number(s, (int)i, "ts2phc.master") > 0;
		if (ptp_number(s, (int)i, "unicast_master_table") > 0 ||
		    ptp_number(s, (int)i, "unicast_listen") > 0)
			conf->unicast = true;
	}
}

/* hardware with twoStepFlag 0 is one-step, and one-step clears the flag. */
static void harmonize(struct daemon_conf *conf)
{
	if (conf->time_stamping == TS_HARDWARE && !conf->two_step)
		conf->time_stamping = TS_ONESTEP;
	if (conf->time_stamping == TS_ONESTEP || conf->time_stamping == TS_P2P1STEP)
		conf->two_step = false;
}

static void fill_clock(struct daemon_conf *conf, const struct ptp_settings *s)
{
	conf->domain = number(s, "domainNumber");
	conf->transport_specific = number(s, "transportSpecific");
	conf->time_stamping = (enum time_stamping)number(s, "time_stamping");
	conf->transport = (enum transport)number(s, "network_transport");
	conf->delay_mechanism = (enum delay_mechanism)number(s, "delay_mechanism");
	conf->free_running = number(s, "free_running");
	conf->client_only = number(s, "clientOnly");
	conf->server_only = number(s, "serverOnly");
	conf->two_step = number(s, "twoStepFlag");
	conf->gm_capable = number(s, "gmCapable");
	conf->boundary_clock_jbod = number(s, "boundary_clock_jbod");
	conf->priority1 = number(s, "priority1");
	conf->servo = (enum clock_servo)number(s, "clock_servo");
	conf->shm_segment = number(s, "ntpshm_segment");
	conf->minor_version = number(s, "ptp_minor_version");
	conf->step_threshold = ptp_number(s, PTP_ALL_PORTS, "step_threshold");
	conf->first_step_threshold = ptp_number(s, PTP_ALL_PORTS, "first_step_threshold");
	harmonize(conf);
}

static void fill_pace(struct daemon_conf *conf, const struct ptp_settings *s)
{
	conf->tx_timestamp_timeout_ms = number(s, "tx_timestamp_timeout");
	conf->log_announce_interval = number(s, "logAnnounceInterval");
	conf->announce_receipt_timeout = number(s, "announceReceiptTimeout");
	conf->log_sync_interval = number(s, "logSyncInterval");
	conf->summary_interval = number(s, "summary_interval");
	conf->fault_reset_interval = number(s, "fault_reset_interval");
	conf->logging_level = number(s, "logging_level");
	conf->socket_priority = number(s, "socket_priority");
}

static void fill_texts(struct daemon_conf *conf, const struct ptp_settings *s)
{
	copy(conf->uds_address, sizeof(conf->uds_address),
	     ptp_text(s, PTP_ALL_PORTS, "uds_address"));
	copy(conf->uds_ro_address, sizeof(conf->uds_ro_address),
	     ptp_text(s, PTP_ALL_PORTS, "uds_ro_address"));
	copy(conf->message_tag, sizeof(conf->message_tag),
	     ptp_text(s, PTP_ALL_PORTS, "message_tag"));
}

/* One line for each update, or with -u one for so many. */
static int line_every_ms(const struct ptp_command *cmd)
{
	double rate = cmd->rate > 0 ? cmd->rate : 1;
	double ms = 1000.0 * (cmd->summary > 1 ? cmd->summary : 1) / rate;

	return ms < INT_MAX ? (int)ms : INT_MAX;
}

static void fill_command(struct daemon_conf *conf, const struct ptp_command *cmd)
{
	copy(conf->config_file, sizeof(conf->config_file), cmd->file);
	copy(conf->phc_device, sizeof(conf->phc_device), cmd->phc ? cmd->phc : cmd->pps);
	copy(conf->source, sizeof(conf->source), cmd->source);
	if (conf->program == PROG_PHC2SYS)
		copy(conf->sink, sizeof(conf->sink), cmd->sink ? cmd->sink : "CLOCK_REALTIME");
	conf->automatic = cmd->automatic;
	conf->wait = cmd->wait;
	conf->realtime = cmd->realtime;
	conf->line_every_ms = line_every_ms(cmd);
	conf->leap_or_utc_offset = cmd->offset_given ? cmd->offset : INT_MIN;
}

static void fill(struct daemon_conf *conf, const struct ptp_settings *s,
		 const struct ptp_command *cmd)
{
	fill_command(conf, cmd);
	fill_clock(conf, s);
	fill_pace(conf, s);
	fill_texts(conf, s);
	/* phc2sys reads sections too, for a file that it shares with ptp4l, but uses no ports */
	if (conf->program != PROG_PHC2SYS)
		fill_ports(conf, s);
}

static int read_timemaster(char *const argv[], struct daemon_conf *conf, struct lint *lint)
{
	struct tm_conf tm;
	int rc = tm_load(argv, conf->version, &tm, lint);

	if (!rc && tm.file)
		rc = tm_judge(&tm, conf->version, conf, lint);
	copy(conf->config_file, sizeof(conf->config_file), tm.file);
	tm_free(&tm);
	conf->readable = !rc;
	return rc;
}

/* Settings and command line as the daemon would read them; the file's trouble as -errno. */
static int read_settings(struct ptp_judge *judge, enum program program, char *const argv[],
			 struct ptp_command *cmd)
{
	int rc = 0;

	ptp_settings_init(judge->settings, judge->version);
	if (program != PROG_PTP4L && program != PROG_PHC2SYS && program != PROG_TS2PHC)
		return 0;
	ptp_command_read(judge, program, argv + command_start(argv, program), cmd);
	if (cmd->file)
		rc = judge_file(judge, cmd->file);
	return judge->settings->out_of_memory ? -ENOMEM : rc;
}

static void lint_empty(struct lint *lint)
{
	lint->n = lint->errors = lint->dropped = 0;	/* the notes need no zeroing */
	lint->written_for = 0;
	lint->missing_section = NULL;
}

int daemon_conf_read(enum program program, char *const argv[], lp_version version,
		     struct daemon_conf *conf, struct lint *lint)
{
	struct ptp_settings settings;
	struct ptp_judge judge = { .version = version,
				   .settings = &settings,
				   .lint = lint,
				   .port = PTP_ALL_PORTS };
	struct ptp_command cmd = { 0 };
	int rc;

	lint_empty(lint);
	*conf = (struct daemon_conf){ .program = program, .version = version };
	if (program == PROG_TIMEMASTER)
		return read_timemaster(argv + command_start(argv, program), conf, lint);
	rc = read_settings(&judge, program, argv, &cmd);
	if (!rc)
		ptp_cross_check(&judge, program, &cmd);
	fill(conf, &settings, &cmd);
	conf->readable = !rc;
	ptp_settings_fini(&settings);
	return rc;
}

void daemon_conf_option(enum program program, char *const argv[], lp_version version,
			const char *name, char *out, size_t size)
{
	struct ptp_settings settings;
	struct lint *unused = malloc(sizeof(*unused));
	struct ptp_judge judge = { .version = version,
				   .settings = &settings,
				   .lint = unused,
				   .port = PTP_ALL_PORTS };
	struct ptp_command cmd = { 0 };

	out[0] = '\0';
	if (!unused)
		return;
	lint_empty(unused);
	(void)read_settings(&judge, program, argv, &cmd);
	copy(out, size, ptp_text(&settings, PTP_ALL_PORTS, name));
	ptp_settings_fini(&settings);
	free(unused);
}

/* A servo that only tells another program what it measured touches no clock. */
static bool only_tells(const struct daemon_conf *conf)
{
	return conf->servo == SERVO_NTPSHM || conf->servo == SERVO_REFCLOCK_SOCK;
}

bool daemon_conf_steers_system(const struct daemon_conf *conf)
{
	if (conf->program == PROG_TIMEMASTER)
		return true;		/* chronyd or ntpd does it */
	if (conf->free_running || only_tells(conf))
		return false;
	if (conf->program == PROG_PHC2SYS)
		return conf->automatic ? conf->realtime : !strcmp(conf->sink, "CLOCK_REALTIME");
	return conf->program == PROG_PTP4L &&
	       (conf->time_stamping == TS_SOFTWARE || conf->time_stamping == TS_LEGACY);
}

enum provides daemon_conf_provides(const struct daemon_conf *conf)
{
	if (daemon_conf_steers_system(conf))
		return PROVIDES_SYSTEM;
	if (conf->free_running || only_tells(conf))
		return PROVIDES_NONE;
	if (conf->program == PROG_PTP4L && conf->time_stamping != TS_SOFTWARE &&
	    conf->time_stamping != TS_LEGACY)
		return PROVIDES_PHC;
	if (conf->program == PROG_PHC2SYS)
		return conf->automatic || conf->sink[0] ? PROVIDES_PHC : PROVIDES_NONE;
	return conf->program == PROG_TS2PHC ? PROVIDES_PHC : PROVIDES_NONE;
}

static uint64_t port_capabilities(const struct daemon_conf *conf)
{
	uint64_t caps = 0;

	for (unsigned i = 0; i < conf->ports; i++) {
		caps |= 1ull << CAP_NET_RAW;
		if (conf->port_transport[i] != TRANSPORT_L2)
			caps |= 1ull << CAP_NET_BIND_SERVICE;
	}
	if (conf->time_stamping != TS_SOFTWARE || conf->socket_priority > 6)
		caps |= 1ull << CAP_NET_ADMIN;
	return caps;
}

uint64_t daemon_conf_capabilities(const struct daemon_conf *conf)
{
	uint64_t caps = 0;

	if (conf->program == PROG_PTP4L || conf->program == PROG_TIMEMASTER)
		caps = port_capabilities(conf);
	if (conf->program != PROG_OTHER && !(conf->program == PROG_PTP4L && conf->free_running))
		caps |= 1ull << CAP_SYS_TIME;
	return caps;
}

bool daemon_conf_port_from_section(const struct daemon_conf *conf, const char *iface,
				   struct lint_place *place)
{
	for (unsigned i = 0; i < conf->ports; i++) {
		if (strcmp(conf->port[i], iface) || !conf->port_from_file[i])
			continue;
		*place = (struct lint_place){ conf->config_file, conf->port_line[i] };
		return true;
	}
	return false;
}
