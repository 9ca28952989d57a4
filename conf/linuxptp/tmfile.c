#include "conf/linuxptp/tmfile.h"

#include <errno.h>
#include <float.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "conf/linuxptp/ptpoptions.h"
#include "conf/near.h"

enum { TM_CHUNK = 4096, VCLOCKS_SINCE = 0x040000 };

enum section {
	NOWHERE,
	NTP_SERVER,
	PTP_DOMAIN,
	TIMEMASTER,
	PTP4L_CONF,
	OPAQUE,			/* lines for chronyd or ntpd, which are theirs to judge */
	PROGRAM,
	UNKNOWN,
};

struct reader {
	struct tm_conf *tm;
	struct lint *lint;
	lp_version version;
	enum section section;
	enum tm_role role;		/* of a PROGRAM */
	struct tm_domain *domain;	/* of a PTP_DOMAIN; NULL beyond the last that is kept */
	struct tm_domain spare;
	unsigned line;
	bool outside_said;
};

/* isspace() of the C locale */
static bool space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

static struct lint_place here(const struct reader *r)
{
	return (struct lint_place){ r->tm->file, r->line };
}

/* Cut the first word off; what follows it, or the empty end. */
static char *cut_word(char *s)
{
	while (*s && !space(*s))
		s++;
	while (space(*s))
		*s++ = '\0';
	return s;
}

static const char *const section_names[] = {
	"ntp_server", "ptp_domain", "timemaster", "ptp4l.conf", "chrony.conf", "ntp.conf",
	"chronyd", "ntpd", "ptp4l", "phc2sys",
};

static const struct {
	enum section section;
	enum tm_role role;
} section_of[ARRAY_LEN(section_names)] = {
	{ NTP_SERVER, 0 },   { PTP_DOMAIN, 0 },	     { TIMEMASTER, 0 },	  { PTP4L_CONF, 0 },
	{ OPAQUE, 0 },	     { OPAQUE, 0 },	     { PROGRAM, TM_CHRONYD }, { PROGRAM, TM_NTPD },
	{ PROGRAM, TM_PTP4L }, { PROGRAM, TM_PHC2SYS },
};

static void advise_near(struct lint_note *note, const char *word, const char *const *names,
			unsigned n)
{
	struct near near;

	near_start(&near, word);
	for (unsigned i = 0; i < n; i++)
		near_offer(&near, names[i]);
	if (near_best(&near))
		lint_advise(note, "Write %s if that is meant, or remove the line.",
			    near_best(&near));
}

/* [ptp4l.conf] once more replaces what the first one said. */
static void begin_base(struct reader *r)
{
	unsigned kept = 0;

	for (unsigned i = 0; i < r->tm->lines; i++)
		if (r->tm->line[i].domain != TM_BASE)
			r->tm->line[kept++] = r->tm->line[i];
	r->tm->lines = kept;
	r->tm->base_line = r->line;
}

static bool parse_int(const char *text, int low, int high, int *out)
{
	const struct ptp_option rule = { .type = PTP_INT, .min = low, .max = high };
	struct ptp_value v;

	if (ptp_value_parse(&rule, text, &v) != PTP_PARSED_OK)
		return false;
	*out = (int)v.number;
	return true;
}

static void begin_domain(struct reader *r, const char *parameter)
{
	bool room = r->tm->domains < TM_DOMAINS_MAX;

	r->domain = room ? &r->tm->domain[r->tm->domains++] : &r->spare;
	*r->domain = (struct tm_domain){ .line = r->line };
	if (!parse_int(parameter, INT_MIN, INT_MAX, &r->domain->number))
		lint_add(r->lint, "config.tm_value", here(r), "ptp_domain",
			 "invalid ptp_domain number %.60s", parameter);
}

static void begin_section(struct reader *r, char *line)
{
	char *name = line + 1, *parameter;
	unsigned i = 0;

	name[strcspn(name, "]")] = '\0';
	parameter = cut_word(name);
	while (i < ARRAY_LEN(section_names) && strcasecmp(name, section_names[i]))
		i++;
	if (i == ARRAY_LEN(section_names)) {
		r->section = UNKNOWN;
		advise_near(lint_add(r->lint, "config.tm_section", here(r), NULL,
				     "unknown section %.60s", name),
			    name, section_names, ARRAY_LEN(section_names));
		return;
	}
	r->section = section_of[i].section;
	r->role = section_of[i].role;
	if (r->section == PTP_DOMAIN)
		begin_domain(r, parameter);
	else if (r->section == PTP4L_CONF)
		begin_base(r);
	else if (r->section == NTP_SERVER && ++r->tm->servers && !*parameter)
		lint_add(r->lint, "config.tm_address", here(r), NULL,
			 "missing address for ntp_server");
}

/* A section is judged as a whole when it ends. */
static void end_section(struct reader *r)
{
	if (r->section == PTP_DOMAIN && !r->domain->ifaces)
		lint_add(r->lint, "config.tm_interfaces",
			 (struct lint_place){ r->tm->file, r->domain->line }, NULL,
			 "no interfaces specified for ptp_domain %d", r->domain->number);
}

static void bad_value(struct reader *r, const char *name, const char *value)
{
	lint_add(r->lint, "config.tm_value", here(r), name, "invalid value %.60s for %s", value,
		 name);
}

static void take_int(struct reader *r, const char *name, const char *value, int *out)
{
	if (!parse_int(value, INT_MIN, INT_MAX, out))
		bad_value(r, name, value);
}

static void take_bool(struct reader *r, const char *name, const char *value)
{
	int ignored;

	if (!parse_int(value, 0, 1, &ignored))
		bad_value(r, name, value);
}

static void take_double(struct reader *r, const char *name, const char *value)
{
	const struct ptp_option rule = { .type = PTP_DOUBLE, .min = INT_MIN, .max = INT_MAX };
	struct ptp_value v;

	if (ptp_value_parse(&rule, value, &v) != PTP_PARSED_OK)
		bad_value(r, name, value);
}

static void unknown_setting(struct reader *r, const char *of, const char *name,
			    const char *const *names)
{
	unsigned n = 0;

	while (names[n])
		n++;
	advise_near(lint_add(r->lint, "config.tm_setting", here(r), name,
			     "unknown %s setting %.60s", of, name),
		    name, names, n);
}

static void server_setting(struct reader *r, const char *name, const char *value)
{
	static const char *const names[] = { "minpoll", "maxpoll", "iburst", "ntp_options", NULL };
	int poll;

	if (!strcasecmp(name, "minpoll") || !strcasecmp(name, "maxpoll"))
		take_int(r, name, value, &poll);
	else if (!strcasecmp(name, "iburst"))
		take_bool(r, name, value);
	else if (strcasecmp(name, "ntp_options"))
		unknown_setting(r, "ntp_server", name, names);
}

static void keep_line(struct reader *r, const char *text, int domain)
{
	if (r->tm->lines < TM_LINES_MAX)
		r->tm->line[r->tm->lines++] = (struct tm_line){ text, r->line, domain };
}

/* The list replaces that of a line before. */
static void take_interfaces(struct reader *r, char *value)
{
	r->domain->ifaces = 0;
	for (char *word = value, *next; *word; word = next) {
		next = cut_word(word);
		if (strlen(word) >= IFACE_NAME_MAX)
			lint_add(r->lint, "config.port_name", here(r), NULL,
				 "%.100s is too long for an interface", word);
		if (r->domain->ifaces < PORTS_MAX)
			snprintf(r->domain->iface[r->domain->ifaces++], IFACE_NAME_MAX, "%s", word);
	}
}

static void domain_setting(struct reader *r, const char *name, char *value)
{
	static const char *const names[] = { "delay", "ntp_poll", "phc2sys_poll", "ptp4l_option",
					     "ntp_options", "interfaces", NULL };
	int poll;

	if (!strcasecmp(name, "delay"))
		take_double(r, name, value);
	else if (!strcasecmp(name, "ntp_poll") || !strcasecmp(name, "phc2sys_poll"))
		take_int(r, name, value, &poll);
	else if (!strcasecmp(name, "ptp4l_option") && r->domain != &r->spare)
		keep_line(r, value, (int)(r->domain - r->tm->domain));
	else if (!strcasecmp(name, "interfaces"))
		take_interfaces(r, value);
	else if (strcasecmp(name, "ntp_options") && strcasecmp(name, "ptp4l_option"))
		unknown_setting(r, "ptp_domain", name, names);
}

static void ntp_program(struct reader *r, const char *value)
{
	if (strcasecmp(value, "chronyd") && strcasecmp(value, "ntpd"))
		lint_advise(lint_add(r->lint, "config.tm_value", here(r), "ntp_program",
				     "unknown ntp program %.60s", value),
			    "Write chronyd or ntpd.");
	else
		r->tm->ntpd = !strcasecmp(value, "ntpd");
}

static void own_setting(struct reader *r, const char *name, const char *value)
{
	static const char *const names[] = { "ntp_program", "rundir", "first_shm_segment",
					     "restart_processes", "use_vclocks", NULL };
	bool vclocks = !r->version || r->version >= VCLOCKS_SINCE;
	int ignored;

	if (!strcasecmp(name, "ntp_program"))
		ntp_program(r, value);
	else if (!strcasecmp(name, "rundir"))
		r->tm->rundir = value;
	else if (!strcasecmp(name, "first_shm_segment"))
		take_int(r, name, value, &r->tm->first_segment);
	else if (!strcasecmp(name, "restart_processes") ||
		 (vclocks && !strcasecmp(name, "use_vclocks")))
		take_int(r, name, value, &ignored);
	else
		unknown_setting(r, "timemaster", name, names);
}

static void program_setting(struct reader *r, const char *name, const char *value)
{
	static const char *const names[] = { "path", "options", NULL };
	struct tm_program *program = &r->tm->program[r->role];

	if (!strcasecmp(name, "path")) {
		program->path = value;
	} else if (!strcasecmp(name, "options")) {
		program->options = value;
		program->line = r->line;
	} else {
		unknown_setting(r, "program", name, names);
	}
}

static void outside(struct reader *r)
{
	if (r->outside_said)
		return;
	r->outside_said = true;
	r->lint->missing_section = "timemaster";
	lint_add(r->lint, "config.tm_outside", here(r), NULL, "settings outside section");
}

static void setting(struct reader *r, char *line)
{
	char *value;

	if (r->section == PTP4L_CONF) {
		keep_line(r, line, TM_BASE);
		return;
	}
	if (r->section == OPAQUE || r->section == UNKNOWN)
		return;
	value = cut_word(line);
	if (r->section == NTP_SERVER)
		server_setting(r, line, value);
	else if (r->section == PTP_DOMAIN)
		domain_setting(r, line, value);
	else if (r->section == TIMEMASTER)
		own_setting(r, line, value);
	else if (r->section == PROGRAM)
		program_setting(r, line, value);
	else
		outside(r);
}

static void take_line(struct reader *r, char *line)
{
	char *last = line + strlen(line);

	while (last > line && space(last[-1]))
		*--last = '\0';
	while (space(*line))
		line++;
	if (!*line || *line == '#')
		return;
	if (*line != '[') {
		setting(r, line);
		return;
	}
	end_section(r);
	begin_section(r, line);
}

/* fgets() with the daemon's buffer: what does not fit counts as a line of its own. */
static size_t chunk(const char *at, size_t left, bool *whole)
{
	const char *newline = memchr(at, '\n', left);
	size_t len = newline ? (size_t)(newline - at) : left;

	*whole = len < TM_CHUNK - 1;
	return *whole ? len : TM_CHUNK - 1;
}

/* Each piece gets a terminator of its own, so the copy needs room for those. */
static char *room_for(size_t len)
{
	return malloc(len + len / (TM_CHUNK - 1) + 2);
}

static void read_lines(struct reader *r, const char *bytes, size_t len)
{
	char *to = r->tm->text;
	bool whole, inside = false;

	for (size_t at = 0; at < len;) {
		size_t n = chunk(bytes + at, len - at, &whole);
		char *line = to;

		memcpy(to, bytes + at, n);
		to[n] = '\0';
		to += n + 1;
		at += n + whole;
		r->line += !inside;
		if ((!whole && at < len) || inside)
			lint_add(r->lint, "config.line_cut", here(r), NULL,
				 "line %u is longer than 4095 bytes", r->line);
		inside = !whole;
		take_line(r, line);
	}
}

int tm_read(struct tm_conf *out, const char *file, const char *bytes, size_t len,
	    lp_version version, struct lint *lint)
{
	struct reader r = { .tm = out, .lint = lint, .version = version };

	*out = (struct tm_conf){ .file = file, .rundir = "/var/run/timemaster",
				 .program = { [TM_CHRONYD] = { .path = "chronyd" },
					      [TM_NTPD] = { .path = "ntpd" },
					      [TM_PTP4L] = { .path = "ptp4l" },
					      [TM_PHC2SYS] = { .path = "phc2sys" } } };
	out->text = room_for(len);
	if (!out->text)
		return -ENOMEM;
	read_lines(&r, bytes, len);
	end_section(&r);
	out->last_line = r.line;
	return 0;
}

void tm_free(struct tm_conf *tm)
{
	free(tm->text);
	tm->text = NULL;
}
