#include <string.h>
#include <syslog.h>

#include "near.h"
#include "plan.h"
#include "policy.h"
#include "remedies.h"
#include "schema.h"

#define MEMBER(type, name) { offsetof(struct type, name), sizeof(((struct type *)0)->name) }
#define PLAN(name) { MEMBER(plan, name) }
#define UNIT(name) { MEMBER(plan_unit, name) }
#define UNIT2(one, two) { MEMBER(plan_unit, one), MEMBER(plan_unit, two) }

#define KIND(k) { .kind = k }
#define RANGE(k, low, high) { .kind = k, .min = low, .max = high }
#define CHOICE(list) { .kind = VALUE_CHOICE, .choices = list }

/* run_dir/control.sock must fit into the address of a socket */
enum { RUN_DIR_MAX = 64, PATH_BYTES = 200 };

static const char *const on_exit_words[] = {
	[ON_EXIT_STOP] = "stop", [ON_EXIT_LEAVE] = "leave", NULL,
};
static const char *const level_words[] = {
	[LOG_EMERG] = "emerg", [LOG_ALERT] = "alert", [LOG_CRIT] = "crit",
	[LOG_ERR] = "error", [LOG_WARNING] = "warning", [LOG_NOTICE] = "notice",
	[LOG_INFO] = "info", [LOG_DEBUG] = "debug", NULL,
};
static const char *const program_words[] = {
	[PROG_OTHER] = "other", [PROG_PTP4L] = "ptp4l", [PROG_PHC2SYS] = "phc2sys",
	[PROG_TS2PHC] = "ts2phc", [PROG_TIMEMASTER] = "timemaster", NULL,
};
static const char *const provides_words[] = {
	[PROVIDES_NONE] = "none", [PROVIDES_PHC] = "phc", [PROVIDES_SYSTEM] = "system", NULL,
};

static const char *const remedy_words[] = {
	[REMEDY_NONE] = "none",
	[REMEDY_MAKE_UDS_DIR] = "make_uds_dir",
	[REMEDY_REMOVE_STALE_SOCKET] = "remove_stale_socket",
	[REMEDY_RAISE_LIMIT] = "raise_limit",
	[REMEDY_SET_INTERFACE_UP] = "set_interface_up",
	[REMEDY_REAPPLY_GRANDMASTER] = "reapply_grandmaster",
	[REMEDY_RESUME_AFTER_PHC] = "resume_after_phc",
	[REMEDIES] = NULL,
};

const struct option schema[] = {
	/* the supervisor itself */
	{ .name = "run_dir", .sections = IN_PTPWARDEN, .rule = RANGE(VALUE_PATH, 0, RUN_DIR_MAX),
	  .preset = "/run/ptpwarden", .field = PLAN(run_dir),
	  .help = "Sockets, FIFOs, pid files and, unless\n"
		  ".Cm log_dir\n"
		  "says otherwise, the output of the daemons.\n"
		  "Should be in RAM." },
	{ .name = "state_dir", .sections = IN_PTPWARDEN, .rule = RANGE(VALUE_PATH, 0, PATH_BYTES),
	  .preset = "/var/lib/ptpwarden", .field = PLAN(state_dir),
	  .help = "What survives a reboot: incidents and the last good run.\n"
		  "Little is written there.\n"
		  "When it cannot be written, everything stays in RAM." },
	{ .name = "ring_size", .sections = IN_PTPWARDEN,
	  .rule = RANGE(VALUE_SIZE, 64 * 1024, 16 * 1024 * 1024), .preset = "512K",
	  .field = PLAN(ring_size),
	  .help = "The flight recorder's file in\n"
		  ".Cm state_dir ;\n"
		  "see\n"
		  ".Xr ptpwarden-ring 5 .\n"
		  "512K is enough for some days of healthy running and the trouble before." },
	{ .name = "log_dir", .sections = IN_PTPWARDEN, .rule = RANGE(VALUE_PATH, 0, PATH_BYTES),
	  .preset = "/log", .below = "run_dir", .field = PLAN(log_dir),
	  .help = "The files with the output of the daemons:\n"
		  ".Pa UNIT.log , UNIT.log.1\n"
		  "and so on.\n"
		  "Flash memory wears out; the default is in RAM." },
	{ .name = "rules_dir", .sections = IN_PTPWARDEN, .rule = RANGE(VALUE_PATH, 0, PATH_BYTES),
	  .preset = SYSCONFDIR "/ptpwarden/rules.d", .field = PLAN(rules_dir),
	  .help = "Rules of your own that extend the built-in ones." },
	{ .name = "control_group", .sections = IN_PTPWARDEN, .rule = KIND(VALUE_USER),
	  .field = PLAN(control_group),
	  .help = "Members of this group may start and stop units.\n"
		  "Without it only root may." },
	{ .name = "on_exit", .sections = IN_PTPWARDEN, .rule = CHOICE(on_exit_words),
	  .preset = "stop", .field = PLAN(on_exit),
	  .help = "What happens to the daemons when\n"
		  ".Nm ptpwarden\n"
		  "is told to end: they are stopped, or left running\n"
		  "for the next\n"
		  ".Nm ptpwarden\n"
		  "to take over." },
	{ .name = "stop_within", .sections = IN_PTPWARDEN, .rule = RANGE(VALUE_TIME, 2 * SEC, 10 * MIN),
	  .preset = "10s", .field = PLAN(stop_within),
	  .help = "How long\n"
		  ".Nm ptpwarden\n"
		  "may take to end: a little less than the init system waits before it kills.\n"
		  "What has not ended a second before is killed, whatever its\n"
		  ".Cm stop_grace ." },
	{ .name = "removed_units", .sections = IN_PTPWARDEN, .rule = CHOICE(on_exit_words),
	  .preset = "stop", .field = PLAN(removed_units),
	  .help = "What happens to a daemon that still runs when\n"
		  ".Nm ptpwarden\n"
		  "starts, but whose unit was removed from the configuration meanwhile:\n"
		  "it is stopped, or left running without anybody reading its output.\n"
		  "Either is said." },
	{ .name = "on_event", .sections = IN_PTPWARDEN, .rule = KIND(VALUE_COMMAND),
	  .field = PLAN(on_event),
	  .help = "A program that is run for each event, one at a time, with\n"
		  ".Ev PTPWARDEN_EVENT\n"
		  "(state, lock, incident, remedy, escalation, alternate, clock_step or resume),\n"
		  ".Ev PTPWARDEN_UNIT\n"
		  "(empty for the last two),\n"
		  ".Ev PTPWARDEN_TEXT\n"
		  "(one line for people),\n"
		  ".Ev PTPWARDEN_JSON\n"
		  "(the object that\n"
		  ".Cm monitor -j\n"
		  "prints) and\n"
		  ".Ev PTPWARDEN_MISSED\n"
		  "(events that were lost before this one, since more than 16 were waiting) in its "
		  "environment.\n"
		  "It is never waited for; after 10 s it is killed.\n"
		  "What it prints is thrown away." },
	{ .name = "log_level", .sections = IN_PTPWARDEN, .rule = CHOICE(level_words),
	  .preset = "info", .field = PLAN(log_level),
	  .help = "The least important messages that are still written." },
	{ .name = "syslog", .sections = IN_PTPWARDEN, .rule = KIND(VALUE_BOOL), .preset = "no",
	  .field = PLAN(to_syslog),
	  .help = "Send the supervisor's own messages to syslog too." },
	{ .name = "pass_env", .sections = IN_PTPWARDEN, .rule = KIND(VALUE_ENV_NAMES),
	  .help = "Environment variables that the daemons get as\n"
		  ".Nm ptpwarden\n"
		  "itself has them.\n"
		  "Without it they get\n"
		  ".Ev PATH ,\n"
		  "set to a fixed value, and\n"
		  ".Ev TZ ,\n"
		  "nothing else." },

	/* what is run */
	{ .name = "command", .sections = IN_UNIT | IN_ALTERNATE, .rule = KIND(VALUE_COMMAND),
	  .help = "The program and its arguments, in one line.\n"
		  "No shell is used: words are separated by blanks,\n"
		  "quotes and backslash keep blanks and special characters.\n"
		  ".Ql %i\n"
		  "becomes the interface,\n"
		  ".Ql %%\n"
		  "a percent sign.\n"
		  "Without a slash the program is searched in\n"
		  ".Ev PATH .\n"
		  ".Fl m q\n"
		  "is added for ptp4l, phc2sys and ts2phc\n"
		  "when it is missing." },
	{ .name = "args", .sections = IN_ALTERNATE, .rule = KIND(VALUE_WORDS),
	  .help = "Arguments that are appended to the command." },
	{ .name = "interface", .sections = IN_UNIT | IN_ALTERNATE, .rule = KIND(VALUE_INTERFACE),
	  .help = "What\n"
		  ".Ql %i\n"
		  "becomes.\n"
		  "A unit that follows another and has no\n"
		  ".Cm interface\n"
		  "of its own takes the one that its leader uses at the moment." },
	{ .name = "env", .sections = IN_UNIT | IN_ALTERNATE, .rule = KIND(VALUE_ENV),
	  .help = "Environment variables.\n"
		  "Those of an alternate are added to those of its unit and win over them." },
	{ .name = "user", .sections = IN_UNIT | IN_ALTERNATE, .rule = KIND(VALUE_USER),
	  .help = "Run as this user, with the capabilities that the daemon's configuration "
		  "needs\n"
		  "and no others. phc2sys with -w or -a makes a socket in /var/run: that folder must\n"
		  "be writable for this user." },
	{ .name = "group", .sections = IN_UNIT | IN_ALTERNATE, .rule = KIND(VALUE_USER),
	  .help = "Run with this group.\n"
		  "Default: the user's own group." },
	{ .name = "provides", .sections = IN_UNIT | IN_ALTERNATE, .rule = CHOICE(provides_words),
	  .help = "Which clock this command steers: the network card's, the system's, or "
		  "none.\n"
		  "While it is\n"
		  ".Cm system\n"
		  "followers do not run.\n"
		  "Default: what follows from the daemon's own configuration." },
	{ .name = "program", .sections = IN_UNIT, .rule = CHOICE(program_words),
	  .field = UNIT(program),
	  .help = "What is known about the daemon.\n"
		  "Default: the name of the program in the command;\n"
		  "give it when the command begins with a wrapper such as\n"
		  ".Xr chrt 1 ." },
	{ .name = "follows", .sections = IN_UNIT, .rule = KIND(VALUE_NAME),
	  .help = "Start when this unit is locked, stop and restart with it." },
	{ .name = "autostart", .sections = IN_UNIT, .rule = KIND(VALUE_BOOL), .preset = "yes",
	  .field = UNIT(autostart), .live = true,
	  .help = "Start the unit with the supervisor, not only when told to." },

	/* when it is run again */
	{ .name = "restart_delay", .sections = IN_UNIT, .rule = RANGE(VALUE_TIME, SEC, HOUR),
	  .preset = "1s", .field = UNIT(restart_delay), .live = true,
	  .help = "How long to wait before the second restart in a row; doubles each time.\n"
		  "The first restart after a healthy run is at once." },
	{ .name = "restart_delay_max", .sections = IN_UNIT,
	  .rule = RANGE(VALUE_TIME, SEC, 24 * HOUR), .preset = "1m",
	  .field = UNIT(restart_delay_max), .live = true,
	  .help = "The longest wait between restarts." },
	{ .name = "crash_loop", .sections = IN_UNIT,
	  .rule = RANGE(VALUE_RATE, 1, POLICY_DEATHS_MAX), .preset = "5 in 60s",
	  .field = UNIT2(crash_deaths, crash_window), .live = true,
	  .help = "So many deaths in so much time, and the next alternate is tried." },
	{ .name = "settle", .sections = IN_UNIT, .rule = RANGE(VALUE_TIME, SEC, HOUR),
	  .preset = "30s", .field = UNIT(settle), .live = true,
	  .help = "A daemon that was ready for so long has proved itself: its deaths are "
		  "forgotten." },
	{ .name = "patience", .sections = IN_UNIT, .rule = RANGE(VALUE_TIME, SEC, 24 * HOUR),
	  .preset = "1m", .field = UNIT(patience), .live = true,
	  .help = "On an alternate: how long to wait before a better one is tried again;\n"
		  "doubles with each failure, up to an hour." },
	{ .name = "retry_slow", .sections = IN_UNIT, .rule = RANGE(VALUE_TIME, SEC, 24 * HOUR),
	  .preset = "1m", .field = UNIT(retry_slow), .live = true,
	  .help = "While the unit waits for an obstacle to clear: look again so often even if "
		  "nothing\n"
		  "was noticed." },
	{ .name = "start_grace", .sections = IN_UNIT, .rule = RANGE(VALUE_TIME, SEC, HOUR),
	  .preset = "1m", .field = UNIT(start_grace), .live = true,
	  .help = "A daemon that runs but is not ready after so long is reported.\n"
		  "Software stamping needs up to 30 s to lock." },
	{ .name = "offset_limit", .sections = IN_UNIT, .rule = KIND(VALUE_OFFSET), .preset = "off",
	  .field = UNIT2(offset_limit_ns, offset_samples), .live = true,
	  .help = "So many samples in a row beyond this offset are reported; nothing is restarted "
		  "for it." },
	{ .name = "on_loss", .sections = IN_UNIT, .rule = RANGE(VALUE_LOSS, SEC, 30 * 24 * HOUR),
	  .preset = "holdover 4h", .field = UNIT(holdover), .live = true,
	  .help = "When ptp4l loses its lock:\n"
		  ".Cm stop\n"
		  "what follows it, five seconds later, or let it go on from the clock that runs "
		  "freely\n"
		  "now, for so long as that is good enough.\n"
		  "Meanwhile the lock is shown as HOLDOVER.\n"
		  "In either case followers are started again at the next lock." },
	{ .name = "require_clock_year", .sections = IN_UNIT, .rule = RANGE(VALUE_NUMBER, 1971, 2200),
	  .field = UNIT2(clock_year, year_required),
	  .help = "Do not start the unit before the system clock has reached this year,\n"
		  "so that a grandmaster does not hand out the time of a box without a battery.\n"
		  "Default: not asked." },
	{ .name = "stop_grace", .sections = IN_UNIT, .rule = RANGE(VALUE_TIME, 100, 10 * MIN),
	  .preset = "5s", .field = UNIT(stop_grace), .live = true,
	  .help = "A daemon that does not end within so long after the stop signal is killed." },
	{ .name = "stop_signal", .sections = IN_UNIT, .rule = KIND(VALUE_SIGNAL),
	  .preset = "TERM", .field = UNIT(stop_signal), .live = true,
	  .help = "The signal that stops the daemon." },

	/* as what kind of process */
	{ .name = "directory", .sections = IN_UNIT, .rule = RANGE(VALUE_PATH, 0, PATH_BYTES),
	  .field = UNIT(directory),
	  .help = "Working directory.\n"
		  "Default:\n"
		  ".Pa / ." },
	{ .name = "umask", .sections = IN_UNIT, .rule = RANGE(VALUE_MODE, 0, 0777),
	  .preset = "022", .field = UNIT(umask),
	  .help = "Permissions that new files do not get." },
	{ .name = "nice", .sections = IN_UNIT, .rule = RANGE(VALUE_NUMBER, -20, 19),
	  .field = UNIT2(nice, nice_set),
	  .help = "Nice value.\n"
		  "Default: unchanged." },
	{ .name = "scheduler", .sections = IN_UNIT, .rule = KIND(VALUE_SCHEDULER),
	  .field = UNIT2(sched, sched_priority),
	  .help = "Scheduling.\n"
		  "Default: unchanged." },
	{ .name = "cpus", .sections = IN_UNIT, .rule = KIND(VALUE_CPUS),
	  .field = UNIT2(affinity, affinity_set),
	  .help = "The CPUs to run on.\n"
		  "Default: unchanged." },
	{ .name = "limit_nofile", .sections = IN_UNIT, .rule = RANGE(VALUE_LIMIT, 8, 1 << 20),
	  .field = UNIT(limit[0]), .resource = RLIMIT_NOFILE,
	  .help = "Open files.\n"
		  "Default: unchanged." },
	{ .name = "limit_core", .sections = IN_UNIT, .rule = KIND(VALUE_LIMIT), .preset = "64K",
	  .field = UNIT(limit[1]), .resource = RLIMIT_CORE,
	  .help = "Size of a core dump.\n"
		  "64K holds the signal, the registers and the mapped files;\n"
		  "writing a large one delays the restart by seconds." },
	{ .name = "limit_as", .sections = IN_UNIT, .rule = KIND(VALUE_LIMIT),
	  .field = UNIT(limit[2]), .resource = RLIMIT_AS,
	  .help = "Address space.\n"
		  "Default: unchanged." },
	{ .name = "limit_stack", .sections = IN_UNIT, .rule = KIND(VALUE_LIMIT),
	  .field = UNIT(limit[3]), .resource = RLIMIT_STACK,
	  .help = "Stack.\n"
		  "Default: unchanged." },
	{ .name = "limit_memlock", .sections = IN_UNIT, .rule = KIND(VALUE_LIMIT),
	  .field = UNIT(limit[4]), .resource = RLIMIT_MEMLOCK,
	  .help = "Locked memory.\n"
		  "Default: unchanged." },
	{ .name = "limit_rtprio", .sections = IN_UNIT, .rule = RANGE(VALUE_LIMIT, 0, 99),
	  .field = UNIT(limit[5]), .resource = RLIMIT_RTPRIO,
	  .help = "Realtime priority.\n"
		  "Default: unchanged." },

	/* its output and surroundings */
	{ .name = "split_streams", .sections = IN_UNIT, .rule = KIND(VALUE_BOOL), .preset = "no",
	  .field = UNIT(split_streams),
	  .help = "Take standard output and standard error apart.\n"
		  "Their order among each other is lost." },
	{ .name = "history_ram", .sections = IN_UNIT, .rule = RANGE(VALUE_SIZE, 4096, 1 << 20),
	  .preset = "32K", .field = UNIT(history_ram),
	  .help = "Newest output that is kept in memory." },
	{ .name = "history_files", .sections = IN_UNIT, .rule = RANGE(VALUE_FILES, 4096, 1 << 30),
	  .preset = "256K x 4", .field = UNIT2(history_file_size, history_files),
	  .help = "Size and number of the files with the output in\n"
		  ".Cm log_dir ." },
	{ .name = "remedies", .sections = IN_UNIT,
	  .rule = { .kind = VALUE_SET, .choices = remedy_words },
	  .preset = "make_uds_dir, remove_stale_socket, raise_limit, reapply_grandmaster, "
		    "resume_after_phc",
	  .field = UNIT(remedies), .live = true,
	  .help = "What\n"
		  ".Nm ptpwarden\n"
		  "may mend by itself; what it did is shown by\n"
		  ".Cm status\n"
		  "and\n"
		  ".Cm why .\n"
		  ".Cm make_uds_dir\n"
		  "makes the missing folder of ptp4l's management socket,\n"
		  ".Cm remove_stale_socket\n"
		  "removes a socket file that nobody listens on any more (never a live one, never a "
		  "file),\n"
		  ".Cm raise_limit\n"
		  "raises a resource limit that\n"
		  ".Nm ptpwarden\n"
		  "was started with (never one of this file),\n"
		  ".Cm set_interface_up\n"
		  "switches the interface on,\n"
		  ".Cm reapply_grandmaster\n"
		  "sets GRANDMASTER_SETTINGS_NP again after a restart of ptp4l,\n"
		  ".Cm resume_after_phc\n"
		  "starts phc2sys or ts2phc again when the clock device is back." },
};

const unsigned schema_n = ARRAY_LEN(schema);

const struct option *schema_find(const char *name, enum section_kind section)
{
	for (unsigned i = 0; i < schema_n; i++)
		if ((schema[i].sections & section) && !strcmp(schema[i].name, name))
			return &schema[i];
	return NULL;
}

const struct option *schema_find_any(const char *name)
{
	return schema_find(name, IN_PTPWARDEN | IN_UNIT | IN_ALTERNATE);
}

const char *schema_nearest(const char *name, enum section_kind section)
{
	struct near n;

	near_start(&n, name);
	for (unsigned i = 0; i < schema_n; i++)
		if (schema[i].sections & section)
			near_offer(&n, schema[i].name);
	return near_best(&n);
}

static void put(const struct field *f, int64_t n, void *owner)
{
	char *at = (char *)owner + f->offset;

	switch (f->size) {
	case 1:
		*(bool *)at = n != 0;
		break;
	case 4:
		*(int32_t *)(void *)at = (int32_t)n;
		break;
	case 8:
		*(int64_t *)(void *)at = n;
		break;
	}
}

static int64_t get(const struct field *f, const void *owner)
{
	const char *at = (const char *)owner + f->offset;

	switch (f->size) {
	case 1:
		return *(const bool *)at;
	case 4:
		return *(const int32_t *)(const void *)at;
	case 8:
		return *(const int64_t *)(const void *)at;
	default:
		return 0;
	}
}

void schema_store(const struct option *o, const struct value *v, void *owner)
{
	struct plan_limit *limit = (void *)((char *)owner + o->field[0].offset);
	rlim_t n = v->n[0] < 0 ? RLIM_INFINITY : (rlim_t)v->n[0];

	if (o->rule.kind == VALUE_LIMIT) {
		*limit = (struct plan_limit){ true, o->resource, { n, n } };
		return;
	}
	put(&o->field[0], v->n[0], owner);
	put(&o->field[1], v->n[1], owner);
}

const char **schema_text(const struct option *o, void *owner)
{
	return (const char **)(void *)((char *)owner + o->field[0].offset);
}

/* A value that was never given: nothing to show. */
static bool is_unset(const struct option *o, const struct value *v)
{
	if (o->rule.kind == VALUE_NUMBER || o->rule.kind == VALUE_CPUS)
		return !v->n[1];
	return o->rule.kind == VALUE_SCHEDULER && !v->n[0];
}

void schema_show(const struct option *o, const void *owner, char *out, size_t size)
{
	const struct plan_limit *limit = (const void *)((const char *)owner + o->field[0].offset);
	struct value v = { .n = { 0, 0 } };

	*out = '\0';
	if (value_is_text(&o->rule)) {
		const char *text = *schema_text(o, (void *)(uintptr_t)owner);

		snprintf(out, size, "%s", text ? text : "");
		return;
	}
	if (o->rule.kind == VALUE_LIMIT) {
		rlim_t n = limit->value.rlim_cur;

		v.n[0] = n == RLIM_INFINITY ? -1 : (int64_t)n;
		if (limit->set)
			value_format(&o->rule, &v, out, size);
		return;
	}
	v = (struct value){ .n = { get(&o->field[0], owner), get(&o->field[1], owner) } };
	if (!is_unset(o, &v))
		value_format(&o->rule, &v, out, size);
}

static void print_item(FILE *out, const struct option *o)
{
	char accepted[256];

	value_accepted(&o->rule, accepted, sizeof(accepted));
	fprintf(out, ".It Cm %s\n%s\nAccepted: %s.\n", o->name, o->help, accepted);
	if (o->below)
		fprintf(out, "Default:\n.Cm %s Ns %s .\n", o->below, o->preset);
	else if (o->preset)
		fprintf(out, "Default:\n.Ql %s .\n", o->preset);
	if (o->sections == (IN_UNIT | IN_ALTERNATE))
		fputs("Also in an alternate.\n", out);
	else if (o->sections == IN_ALTERNATE)
		fputs("Only in an alternate.\n", out);
}

static void print_list(FILE *out, unsigned sections)
{
	fputs(".Bl -tag -width Ds\n", out);
	for (unsigned i = 0; i < schema_n; i++)
		if (schema[i].sections & sections)
			print_item(out, &schema[i]);
	fputs(".El\n", out);
}

void schema_print_reference(FILE *out)
{
	fputs(".Ss Section [ptpwarden]\n", out);
	print_list(out, IN_PTPWARDEN);
	fputs(".Ss Sections [unit NAME] and [alternate UNIT NAME]\n", out);
	print_list(out, IN_UNIT | IN_ALTERNATE);
}
