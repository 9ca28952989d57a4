#include "conf/linuxptp/ptpcommand.h"

#include <float.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

/** What a letter does, beside setting an option. */
enum effect {
	SETS,		/**< `option` to `value`, or to the argument */
	CHECKS,		/**< the argument must be right, but does not matter to us */
	FILE_NAME,
	PORT,
	CLOCK,
	SOURCE,
	SINK,
	PPS,
	SOCKET,
	OFFSET,
	RATE,
	SUMMARY,
	AUTOMATIC,
	WAITS,
	REALTIME,
	EXITS,
	REFUSED,	/**< taken by getopt, then answered with the usage text */
};

struct letter {
	char letter;
	bool argument;
	enum effect effect;
	const char *option, *value;
	struct ptp_option range;	/**< of the argument, where .max is not 0 */
	lp_version since;
};

#define INT_RANGE(low, high) { .type = PTP_INT, .min = (low), .max = (high) }
#define DOUBLE_FROM(low) { .type = PTP_DOUBLE, .min = (low), .max = DBL_MAX }
#define SERVOS { .type = PTP_ENUM, .labels = "pi|linreg|ntpshm", .max = 1 }

#define FLAG(c, what) { .letter = (c), .effect = (what) }
#define FLAG_SETS(c, name, to) { .letter = (c), .effect = SETS, .option = (name), .value = (to) }
#define WITH(c, what, ...) { .letter = (c), .argument = true, .effect = (what), ##__VA_ARGS__ }

static const struct letter common[] = {
	WITH('f', FILE_NAME),
	WITH('l', SETS, .option = "logging_level", .range = INT_RANGE(0, 7)),
	FLAG_SETS('m', "verbose", "1"),
	FLAG_SETS('q', "use_syslog", "0"),
	FLAG('v', EXITS),
	FLAG('h', EXITS),
	{ 0 },
};

static const struct letter ptp4l[] = {
	FLAG_SETS('A', "delay_mechanism", "Auto"),
	FLAG_SETS('E', "delay_mechanism", "E2E"),
	FLAG_SETS('P', "delay_mechanism", "P2P"),
	FLAG_SETS('2', "network_transport", "L2"),
	FLAG_SETS('4', "network_transport", "UDPv4"),
	FLAG_SETS('6', "network_transport", "UDPv6"),
	FLAG_SETS('H', "time_stamping", "hardware"),
	FLAG_SETS('S', "time_stamping", "software"),
	FLAG_SETS('L', "time_stamping", "legacy"),
	FLAG_SETS('s', "clientOnly", "1"),
	WITH('i', PORT),
	WITH('p', CLOCK),
	{ 0 },
};

static const struct letter phc2sys[] = {
	FLAG('a', AUTOMATIC),
	FLAG('r', REALTIME),
	WITH('c', SINK),
	WITH('d', PPS),
	WITH('s', SOURCE),
	WITH('i', SOURCE),
	WITH('E', SETS, .option = "clock_servo", .range = SERVOS),
	WITH('P', SETS, .option = "pi_proportional_const", .range = DOUBLE_FROM(0)),
	WITH('I', SETS, .option = "pi_integral_const", .range = DOUBLE_FROM(0)),
	WITH('S', SETS, .option = "step_threshold", .range = DOUBLE_FROM(0)),
	WITH('F', SETS, .option = "first_step_threshold", .range = DOUBLE_FROM(0)),
	WITH('R', RATE, .range = DOUBLE_FROM(1e-9)),
	WITH('N', CHECKS, .range = INT_RANGE(1, INT_MAX)),
	WITH('O', OFFSET, .range = INT_RANGE(INT_MIN, INT_MAX)),
	WITH('L', SETS, .option = "sanity_freq_limit", .range = INT_RANGE(0, INT_MAX)),
	WITH('M', SETS, .option = "ntpshm_segment", .range = INT_RANGE(INT_MIN, INT_MAX)),
	WITH('u', SUMMARY, .range = { .type = PTP_UINT, .max = UINT_MAX }),
	FLAG('w', WAITS),
	WITH('n', SETS, .option = "domainNumber", .range = INT_RANGE(0, 255)),
	FLAG_SETS('x', "kernel_leap", "0"),
	WITH('z', SOCKET),
	WITH('t', SETS, .option = "message_tag"),
	{ 0 },
};

static const struct letter ts2phc[] = {
	{ .letter = 'a', .effect = AUTOMATIC, .since = 0x040000 },
	WITH('c', PORT),
	WITH('i', REFUSED),
	WITH('s', SOURCE),
	{ 0 },
};

static const struct letter *const letters[] = {
	[PROG_PTP4L] = ptp4l,
	[PROG_PHC2SYS] = phc2sys,
	[PROG_TS2PHC] = ts2phc,
};

struct reading {
	struct ptp_judge *judge;
	struct ptp_command *cmd;
	enum program program;
	char *const *argv;
	unsigned at;		/**< the word being read */
	bool over;		/**< the program would stop reading here */
};

static const struct lint_place command_line;

static const struct letter *find_letter(const struct reading *r, char c)
{
	const struct letter *sets[] = { letters[r->program], common };
	lp_version version = r->judge->version;

	for (unsigned s = 0; s < ARRAY_LEN(sets); s++)
		for (const struct letter *l = sets[s]; l->letter; l++)
			if (l->letter == c && (!version || l->since <= version))
				return l;
	return NULL;
}

static bool in_range(struct reading *r, const struct letter *l, const char *argument)
{
	char name[3] = { '-', l->letter }, accepts[120];
	struct ptp_value value;
	enum ptp_parsed result;
	struct lint_note *note;

	if (!(l->range.max > 0))
		return true;
	result = ptp_value_parse(&l->range, argument, &value);
	if (result == PTP_PARSED_OK)
		return true;
	note = lint_add(r->judge->lint, "config.command_value", command_line, name,
			result == PTP_BAD_VALUE	? "%s: invalid servo name %.100s" :
			result == PTP_MALFORMED ? "%s: %.100s is a malformed value" :
						  "%s: %.100s is out of range",
			name, argument);
	ptp_option_accepts(&l->range, accepts, sizeof(accepts));
	lint_advise(note, "Use %s.", accepts);
	return false;
}

/* The letter's range has been checked, which may be wider than the option's. */
static void set(struct reading *r, const struct letter *l, const char *argument)
{
	const char *name = l->option, *text = l->value ? l->value : argument;
	const struct ptp_option *opt = ptp_option_find(name, r->judge->version);
	struct ptp_setting new = { .port = PTP_ALL_PORTS, .locked = true, .text = (char *)text };
	struct ptp_value value = { 0 };

	if (!opt)
		opt = ptp_option_older(name, r->judge->version);
	if (!opt)
		return;
	(void)ptp_value_parse(l->range.max > 0 && l->range.type != PTP_ENUM ? &l->range : opt, text,
			      &value);
	new.opt = opt;
	new.number = value.number;
	ptp_settings_put(r->judge->settings, &new);
}

static void add_port(struct reading *r, const char *name)
{
	struct ptp_settings *s = r->judge->settings;
	int port = ptp_settings_port(s, name);

	if (port >= 0)
		s->port[port].on_command_line = true;
	if (strlen(name) >= IFACE_NAME_MAX && name[0] != '/')
		lint_add(r->judge->lint, "config.port_name", command_line, NULL,
			 "%.100s is too long for an interface", name);
}

static void add_source(struct reading *r, const char *source)
{
	r->cmd->source = source;
	if (r->cmd->sources++ && r->program == PROG_TS2PHC)
		lint_add(r->judge->lint, "config.command_conflict", command_line, "-s",
			 "too many PPS sources");
}

static void socket_path(struct reading *r, const char *path)
{
	static const struct letter z = { .option = "uds_address" };

	r->cmd->sockets++;
	if (strlen(path) > 108)
		lint_add(r->judge->lint, "config.command_value", command_line, "-z",
			 "path %.100s... too long, max is 108", path);
	else
		set(r, &z, path);
}

static void program_exits(struct reading *r, char letter)
{
	lint_add(r->judge->lint, "config.command_exits", command_line, NULL,
		 "-%c makes the program print something and end", letter);
	r->over = true;
}

static void unknown_letter(struct reading *r, char c)
{
	char name[3] = { '-', c };

	lint_add(r->judge->lint, "config.command_option", command_line, name,
		 "invalid option -- '%c'", c);
}

static void apply(struct reading *r, const struct letter *l, const char *argument)
{
	struct ptp_command *cmd = r->cmd;
	struct ptp_value value;

	if (!in_range(r, l, argument))
		return;
	switch (l->effect) {
	case SETS:
		set(r, l, argument);
		break;
	case CHECKS:
		break;
	case FILE_NAME:
		cmd->file = argument;
		break;
	case PORT:
		add_port(r, argument);
		break;
	case CLOCK:
		cmd->phc = argument;
		break;
	case SOURCE:
		add_source(r, argument);
		break;
	case SINK:
		cmd->sink = argument;
		break;
	case PPS:
		cmd->pps = argument;
		break;
	case SOCKET:
		socket_path(r, argument);
		break;
	case OFFSET:
		(void)ptp_value_parse(&l->range, argument, &value);
		cmd->offset = (int)value.number;
		cmd->offset_given = true;
		break;
	case RATE:
		(void)ptp_value_parse(&l->range, argument, &value);
		cmd->rate = value.number;
		break;
	case SUMMARY:
		(void)ptp_value_parse(&l->range, argument, &value);
		cmd->summary = value.number;
		break;
	case AUTOMATIC:
		cmd->automatic = true;
		break;
	case WAITS:
		cmd->wait = true;
		break;
	case REALTIME:
		cmd->realtime++;
		break;
	case REFUSED:
		unknown_letter(r, l->letter);
		break;
	case EXITS:
		program_exits(r, l->letter);
		break;
	}
}

/* One word of short options: -mqf FILE, -l7, -qmf/etc/ptp4l.conf */
static void read_short(struct reading *r)
{
	for (const char *c = r->argv[r->at] + 1; *c && !r->over; c++) {
		const struct letter *l = find_letter(r, *c);
		const char *argument = NULL;

		if (!l) {
			unknown_letter(r, *c);
			continue;
		}
		if (l->argument) {
			argument = c[1] ? c + 1 : r->argv[++r->at];
			if (!argument) {
				char name[3] = { '-', *c };

				r->at--;
				lint_add(r->judge->lint, "config.command_argument", command_line,
					 name, "option requires an argument -- '%c'", *c);
				return;
			}
		}
		apply(r, l, argument);
		if (l->argument)
			return;
	}
}

static void unknown_long(struct reading *r, const char *name)
{
	const char *near = ptp_nearest(r->judge->version, name);
	const struct ptp_option *other = ptp_option_any(name);
	const struct ptp_option *older = ptp_option_older(name, r->judge->version);
	struct lint_note *note;
	char since[24];

	note = lint_add(r->judge->lint, "config.command_option", command_line, name,
			"unrecognized option '--%.100s'", name);
	if (older)
		lint_advise(note, "Write --%s instead.", older->name);
	else if (other && other->since) {
		lp_version_print(other->since, since, sizeof(since));
		lint_advise(note, "Remove --%s, or install linuxptp %s or newer.", name, since);
	} else if (near)
		lint_advise(note, "Write --%s if that is meant.", near);
}

/* Aliases without a row of their own in the daemon's table are no long options. */
static bool is_long(const struct ptp_option *opt)
{
	return !opt->successor || opt->since;
}

/* The name in full; NULL when it is unknown or could be several. `name` is cut behind len bytes. */
static const char *complete(struct reading *r, const char *name)
{
	const char *names[LP_NAMES_MAX], *found = NULL;
	unsigned n = ptp_option_names(r->judge->version, names), fits = 0;
	size_t len = strlen(name);

	for (unsigned i = 0; i < n; i++) {
		if (strncmp(names[i], name, len) ||
		    !is_long(ptp_option_find(names[i], r->judge->version)))
			continue;
		if (!names[i][len])
			return names[i];
		found = names[i];
		fits++;
	}
	if (fits > 1)
		lint_add(r->judge->lint, "config.command_ambiguous", command_line, name,
			 "option '--%s' is ambiguous", name);
	else if (fits == 1)
		lint_advise(lint_add(r->judge->lint, "config.command_abbreviated", command_line,
				     name, "--%s is taken for --%s", name, found),
			    "Write --%s.", found);
	else
		unknown_long(r, name);
	return fits == 1 ? found : NULL;
}

static void read_long(struct reading *r)
{
	const char *word = r->argv[r->at] + 2, *value = strchr(word, '='), *full;
	char name[64];

	snprintf(name, sizeof(name), "%.*s", (int)(value ? (size_t)(value - word) : strlen(word)),
		 word);
	full = complete(r, name);
	if (value)
		value++;
	else if (full)
		value = r->argv[++r->at];
	else if (r->argv[r->at + 1] && r->argv[r->at + 1][0] != '-')
		r->at++;	/* the value of an option that we do not know */
	if (!full)
		return;
	if (!value) {
		r->at--;
		lint_add(r->judge->lint, "config.command_argument", command_line, name,
			 "option '--%s' requires an argument", full);
		return;
	}
	ptp_judge_command(r->judge, full, value);
}

static void stray(struct reading *r)
{
	lint_add(r->judge->lint, "config.command_stray", command_line, NULL,
		 "the word %.100s belongs to no option", r->argv[r->at]);
}

/* getopt_long() passes over words that are no options, up to "--". */
void ptp_command_read(struct ptp_judge *j, enum program program, char *const argv[],
		      struct ptp_command *cmd)
{
	struct reading r = { .judge = j, .cmd = cmd, .program = program, .argv = argv };
	bool options = true;

	*cmd = (struct ptp_command){ 0 };
	for (r.at = 1; argv[0] && argv[r.at] && !r.over; r.at++) {
		const char *word = argv[r.at];

		if (options && !strcmp(word, "--"))
			options = false;
		else if (!options || word[0] != '-' || !word[1])
			stray(&r);
		else if (word[1] == '-')
			read_long(&r);
		else
			read_short(&r);
	}
}
