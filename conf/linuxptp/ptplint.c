#include "conf/linuxptp/ptplint.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define E LINT_ERROR
#define W LINT_WARNING

/* Sorted by id. */
const struct lint_rule lint_rules[] = {
{ "config.bmca_undecided", LINT_CONFLICT, E,
  "BMCA noop leaves the choice of the role to the configuration, which makes none; the port "
  "cannot be opened.",
  "Set serverOnly 1 on the port or clientOnly 1 (masterOnly, slaveOnly before 4.0), or remove "
  "BMCA noop." },
{ "config.client_and_server", LINT_CONFLICT, W,
  "The clock may only follow and the port may only lead, so the port can do neither.",
  "Remove clientOnly (slaveOnly) or serverOnly (masterOnly)." },
{ "config.client_not_capable", LINT_CONFLICT, E,
  "An 802.1AS clock that is not grandmaster capable (gmCapable 0) must not also be clientOnly "
  "(slaveOnly).",
  "Remove gmCapable 0, or remove clientOnly (slaveOnly) and set priority1 to 255." },
{ "config.clock_identity", LINT_BAD_VALUE, E,
  "clockIdentity has the form xxxxxx.xxxx.xxxxxx with hexadecimal digits.",
  "Write clockIdentity as xxxxxx.xxxx.xxxxxx, or remove it to have it made from the MAC address." },
{ "config.clock_type_mechanism", LINT_CONFLICT, E,
  "A transparent clock needs the delay mechanism of its type.",
  "Set delay_mechanism to P2P for P2P_TC and to E2E for E2E_TC." },
{ "config.clock_type_port", LINT_CONFLICT, E,
  "A port of a transparent clock has another delay mechanism than its type needs; the port "
  "cannot be opened.",
  "Remove delay_mechanism from the section of the port." },
{ "config.clock_type_ports", LINT_CONFLICT, E,
  "A boundary or transparent clock works between at least two interfaces.",
  "Name a second interface with -i or a section, or set clock_type OC." },
{ "config.command_abbreviated", LINT_SHAPE, W,
  "A long option that is cut short stops working, or changes its meaning, when a later version "
  "adds a similar one.",
  "Write the option in full." },
{ "config.command_ambiguous", LINT_USAGE, E,
  "A long option that is cut short could be one of several.",
  "Write the option in full." },
{ "config.command_argument", LINT_USAGE, E,
  "An option of the command line lacks its argument.",
  "Write the argument behind the option." },
{ "config.command_conflict", LINT_USAGE, E,
  "The options of the command line exclude or miss each other.",
  "Correct the command; -h of the program lists what goes together." },
{ "config.command_exits", LINT_USAGE, E,
  "With this option the program prints something and ends.",
  "Remove the option from the command." },
{ "config.command_option", LINT_USAGE, E,
  "The command line has an option that the installed version does not know.",
  "Correct the command; -h of the program lists its options." },
{ "config.command_stray", LINT_SHAPE, W,
  "A word of the command line belongs to no option and is ignored.",
  "Remove the word, or write the option that it belongs to in front of it." },
{ "config.command_value", LINT_USAGE, E,
  "An option of the command line has a value that the program refuses.",
  "Correct the value." },
{ "config.delay_request_inhibited", LINT_CONFLICT, E,
  "inhibit_delay_req works only with asCapable true; the port goes FAULTY and stays so.",
  "Set asCapable true as well, or remove inhibit_delay_req." },
{ "config.description", LINT_BAD_VALUE, E,
  "A description has a fixed form: userDescription up to 128 characters, productDescription "
  "a;b;c up to 64, revisionData a;b;c up to 32, manufacturerIdentity xx:xx:xx.",
  "Correct the text, or remove the option." },
{ "config.destination_mac", LINT_BAD_VALUE, E,
  "The destination address of L2 messages is no MAC address; the port goes FAULTY and stays so.",
  "Write the address as xx:xx:xx:xx:xx:xx, or remove the option." },
{ "config.file_directory", LINT_OPEN, E,
  "The configuration file is a directory, which the program takes for an empty file.",
  "Name the file itself with -f." },
{ "config.file_mark", LINT_SHAPE, E,
  "The file begins with a byte order mark, which makes the first line unreadable.",
  "Save the file as UTF-8 without byte order mark." },
{ "config.file_too_large", LINT_OPEN, E,
  "The configuration file is larger than 1 MB.",
  "Name the right file with -f." },
{ "config.file_unreadable", LINT_OPEN, E,
  "The configuration file cannot be opened.",
  "Create the file, correct the path behind -f, or give the program's user the right to read it." },
{ "config.free_running_step", LINT_CONFLICT, W,
  "With free_running the clock is never touched, so a step threshold has no effect.",
  "Remove free_running 1, or remove the step threshold." },
{ "config.hybrid_without_e2e", LINT_CONFLICT, W,
  "hybrid_e2e is ignored unless the delay mechanism is E2E.",
  "Set delay_mechanism E2E, or remove hybrid_e2e." },
{ "config.interval_too_long", LINT_RANGE, W,
  "The interval is longer than linuxptp can count, so it uses another one.",
  "Use a smaller value; it is the exponent of 2." },
{ "config.level_hides", LINT_SHAPE, W,
  "At this logging_level the program does not say in which state its ports are, so health is "
  "known from the management socket only.",
  "Set logging_level 6, the default." },
{ "config.line_cut", LINT_SHAPE, W,
  "A line is longer than 1023 bytes; the program reads the rest as a line of its own.",
  "Shorten the line." },
{ "config.monitor_without_hybrid", LINT_CONFLICT, W,
  "net_sync_monitor is ignored without hybrid_e2e.",
  "Set hybrid_e2e 1, or remove net_sync_monitor." },
{ "config.no_interface", LINT_USAGE, E,
  "Neither the command line nor the file names an interface.",
  "Add -i INTERFACE to the command." },
{ "config.onestep_software", LINT_CONFLICT, E,
  "One-step operation (twoStepFlag 0) is only possible with hardware time stamps.",
  "Set twoStepFlag 1 (--twoStepFlag 1) wherever time stamps are made in software." },
{ "config.option_deprecated", LINT_DEPRECATED, W,
  "An option has a new name; the old one still works and is complained about at each start.",
  "Write the new name." },
{ "config.option_of_other_version", LINT_UNKNOWN_OPTION, E,
  "The option exists, but not in the installed version, which refuses the whole file.",
  "Remove the option, or install a version that knows it." },
{ "config.option_section", LINT_WRONG_SECTION, E,
  "The option may only stand in the [global] section.",
  "Move the line to the [global] section." },
{ "config.option_twice", LINT_SHAPE, W,
  "An option is set twice in the same section; the last one counts.",
  "Remove one of the lines." },
{ "config.option_unknown", LINT_UNKNOWN_OPTION, E,
  "No version of linuxptp knows this option; the whole file is refused.",
  "Correct or remove the line." },
{ "config.pair_domain", LINT_CONFLICT, E,
  "phc2sys asks in another PTP domain than ptp4l works in, gets no answer and waits for ever.",
  "Give phc2sys the domain of ptp4l with -n." },
{ "config.pair_interface", LINT_CONFLICT, W,
  "phc2sys reads the clock of an interface that ptp4l does not use; unless both share a clock "
  "it spreads a time that nobody disciplines.",
  "Name the interface of ptp4l behind -s." },
{ "config.pair_socket", LINT_CONFLICT, E,
  "phc2sys asks at another socket than ptp4l listens at, and waits for ever.",
  "Give phc2sys the uds_address of ptp4l with -z." },
{ "config.pair_software", LINT_CONFLICT, W,
  "ptp4l steers the system clock itself with software time stamps; phc2sys would steer it too.",
  "Do not run phc2sys beside a ptp4l with software time stamps." },
{ "config.pair_transport_specific", LINT_CONFLICT, E,
  "phc2sys and ptp4l differ in transportSpecific, so ptp4l does not answer and phc2sys waits "
  "for ever.",
  "Give phc2sys the same value: --transportSpecific." },
{ "config.phc_ignored", LINT_CONFLICT, W,
  "With software time stamping the clock device behind -p is not used.",
  "Remove -p, or use time_stamping hardware." },
{ "config.port_name", LINT_SHAPE, E,
  "A name of more than 15 characters cannot be an interface.",
  "Correct the name." },
{ "config.port_only_in_file", LINT_SHAPE, E,
  "The command names an interface and a section of the file names another one, so the program "
  "uses both.",
  "Remove the section, or name it behind -i too if two ports are wanted." },
{ "config.port_over_command", LINT_SHAPE, W,
  "The section of a port overrides what the command line asks for.",
  "Remove the line from the section, or the option from the command." },
{ "config.rival_read_only_socket", LINT_CONFLICT, E,
  "Two ptp4l share one uds_ro_address; the second takes it away from the first.",
  "Give each ptp4l a uds_ro_address of its own." },
{ "config.rival_socket", LINT_CONFLICT, E,
  "Two ptp4l share one uds_address; the second takes it away from the first, which cannot be "
  "reached any more.",
  "Give each ptp4l a uds_address of its own." },
{ "config.section_missing", LINT_NO_SECTION, E,
  "A setting stands before the first section.",
  "Begin the file with a line [global]." },
{ "config.section_nameless", LINT_SYNTAX, E,
  "The brackets of a section are empty.",
  "Write the name of the interface between the brackets." },
{ "config.section_trailing", LINT_SHAPE, E,
  "With anything behind the bracket [global] is no longer the global section but a port of that"
  " name.",
  "Leave nothing behind the bracket; a comment takes a line of its own." },
{ "config.sinks_missing", LINT_USAGE, E,
  "ts2phc has no clock to set.",
  "Name a clock with -c or a section of the file." },
{ "config.socket_path_long", LINT_RANGE, W,
  "Of the path of a socket only the first 107 bytes are used.",
  "Use a shorter path." },
{ "config.system_clock_left_alone", LINT_SHAPE, W,
  "phc2sys -a without -r does not steer the system clock.",
  "Add -r when the system clock is to follow." },
{ "config.tm_address", LINT_USAGE, E,
  "A section ntp_server of a timemaster.conf names no server.",
  "Write the address into the brackets: [ntp_server ADDRESS]." },
{ "config.tm_file", LINT_USAGE, E,
  "timemaster has no built-in configuration and ends at once without a file.",
  "Name the file with -f, usually /etc/linuxptp/timemaster.conf." },
{ "config.tm_interfaces", LINT_USAGE, E,
  "A PTP domain of a timemaster.conf has no interface.",
  "Add a line \"interfaces NAME...\" to the section." },
{ "config.tm_no_domain", LINT_SHAPE, W,
  "Without a section ptp_domain timemaster starts no ptp4l, only the NTP program.",
  "Add [ptp_domain 0] with its interfaces, or run the NTP program without timemaster." },
{ "config.tm_outside", LINT_NO_SECTION, E,
  "A setting of a timemaster.conf stands before the first section.",
  "Begin the file with a section, such as [timemaster]." },
{ "config.tm_section", LINT_UNKNOWN_OPTION, E,
  "timemaster does not know a section of that name and ends at once.",
  "Use ntp_server, ptp_domain, timemaster, chrony.conf, ntp.conf, ptp4l.conf, chronyd, ntpd, "
  "phc2sys or ptp4l." },
{ "config.tm_setting", LINT_UNKNOWN_OPTION, E,
  "timemaster does not know a setting of that name in this section and ends at once.",
  "Correct or remove the line; options of ptp4l belong into [ptp4l.conf] or behind ptp4l_option." },
{ "config.tm_value", LINT_BAD_VALUE, E,
  "timemaster refuses the value of a setting and ends at once.",
  "Write nothing but a number behind the name." },
{ "config.unicast_entry", LINT_UNICAST_TABLE, E,
  "An entry of a unicast_master_table cannot be understood.",
  "Begin the table with table_id N; then write one line for each master: UDPv4, UDPv6 or L2, "
  "and the address." },
{ "config.unicast_table", LINT_CONFLICT, E,
  "A port uses a unicast_master_table that does not exist.",
  "Add a section [unicast_master_table] with that table_id, or correct the number." },
{ "config.value_bad", LINT_BAD_VALUE, E,
  "The value is not one of the words that the option takes.",
  "Correct the value." },
{ "config.value_malformed", LINT_MALFORMED, E,
  "The value is no number; comments and equals signs cannot stand on the line.",
  "Write nothing but the number." },
{ "config.value_missing", LINT_SYNTAX, E,
  "A line has no value: name and value are separated by white space.",
  "Write NAME VALUE, without an equals sign." },
{ "config.value_range", LINT_RANGE, E,
  "The number is outside the range of the option.",
  "Correct the value." },
};

#undef E
#undef W

const unsigned lint_rules_n = ARRAY_LEN(lint_rules);

static int by_id(const void *id, const void *rule)
{
	return strcmp(id, ((const struct lint_rule *)rule)->id);
}

const struct lint_rule *lint_rule(const char *id)
{
	return bsearch(id, lint_rules, ARRAY_LEN(lint_rules), sizeof(lint_rules[0]), by_id);
}

/* Room for one more; a full table gives up its last warning for an error. */
static struct lint_note *room(struct lint *lint, enum lint_severity severity)
{
	if (lint->n < LINT_NOTES_MAX)
		return &lint->at[lint->n++];
	lint->dropped++;
	if (severity != LINT_ERROR)
		return &lint->spare;
	for (unsigned i = LINT_NOTES_MAX; i-- > 0;) {
		if (lint->at[i].severity == LINT_ERROR)
			continue;
		memmove(&lint->at[i], &lint->at[i + 1],
			(LINT_NOTES_MAX - i - 1) * sizeof(lint->at[0]));
		return &lint->at[LINT_NOTES_MAX - 1];
	}
	return &lint->spare;
}

struct lint_note *lint_add(struct lint *lint, const char *id, struct lint_place place,
			   const char *option, const char *fmt, ...)
{
	const struct lint_rule *rule = lint_rule(id);
	struct lint_note *note = room(lint, rule->severity);
	va_list ap;

	if (rule->severity == LINT_ERROR)
		lint->errors++;
	*note = (struct lint_note){
		.severity = rule->severity, .kind = rule->kind, .id = rule->id
	};
	snprintf(note->file, sizeof(note->file), "%s", place.file ? place.file : "");
	note->line = place.line;
	snprintf(note->option, sizeof(note->option), "%s", option ? option : "");
	va_start(ap, fmt);
	vsnprintf(note->text, sizeof(note->text), fmt, ap);
	va_end(ap);
	snprintf(note->advice, sizeof(note->advice), "%s", rule->advice);
	return note;
}

void lint_advise(struct lint_note *note, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(note->advice, sizeof(note->advice), fmt, ap);
	va_end(ap);
}

const struct lint_note *lint_first_error(const struct lint *lint)
{
	for (unsigned i = 0; i < lint->n; i++)
		if (lint->at[i].severity == LINT_ERROR)
			return &lint->at[i];
	return NULL;
}

const char *lint_kind_name(enum lint_kind kind)
{
	static const char *const names[LINT_KINDS] = {
		[LINT_OPEN] = "open",
		[LINT_SYNTAX] = "syntax",
		[LINT_NO_SECTION] = "no_section",
		[LINT_UNKNOWN_OPTION] = "unknown_option",
		[LINT_BAD_VALUE] = "bad_value",
		[LINT_MALFORMED] = "malformed",
		[LINT_RANGE] = "range",
		[LINT_WRONG_SECTION] = "wrong_section",
		[LINT_UNICAST_TABLE] = "unicast_table",
		[LINT_USAGE] = "usage",
		[LINT_DEPRECATED] = "deprecated",
		[LINT_CONFLICT] = "conflict",
		[LINT_SHAPE] = "shape",
	};

	return NAME_OF(names, kind);
}
