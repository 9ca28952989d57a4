#include "conf/linuxptp/timemaster.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "conf/linuxptp/conffile.h"
#include "conf/linuxptp/ptpcross.h"

static const struct lint_place command_line;

static void usage(struct lint *lint, const char *id, char letter)
{
	static const struct {
		const char *id, *words;
	} of[] = {
		{ "config.command_argument", "option requires an argument -- '" },
		{ "config.command_option", "invalid option -- '" },
		{ "config.command_exits", "timemaster prints something and ends with '-" },
	};
	char name[3] = { '-', letter };
	unsigned i = 0;

	while (strcmp(of[i].id, id))
		i++;
	lint_add(lint, id, command_line, name, "%s%c'", of[i].words, letter);
}

/* @return the letter's argument was the next word */
static bool read_word(char *const argv[], unsigned at, const char **file, struct lint *lint)
{
	for (const char *c = argv[at] + 1; *c; c++) {
		if (*c == 'f' || *c == 'l') {
			const char *argument = c[1] ? c + 1 : argv[at + 1];

			if (!argument)
				usage(lint, "config.command_argument", *c);
			if (*c == 'f')
				*file = argument;
			return !c[1] && argument;
		}
		if (*c == 'v' || *c == 'h' || *c == 'n')
			usage(lint, "config.command_exits", *c);
		else if (*c != 'm' && *c != 'q')
			usage(lint, "config.command_option", *c);
	}
	return false;
}

/* @return what -f names, or NULL */
static const char *read_command(char *const argv[], struct lint *lint)
{
	const char *file = NULL;

	for (unsigned at = 1; argv[0] && argv[at]; at++) {
		if (!strcmp(argv[at], "--"))
			break;
		if (argv[at][0] == '-' && argv[at][1])
			at += read_word(argv, at, &file, lint);
		else
			lint_add(lint, "config.command_stray", command_line, NULL,
				 "the word %.100s belongs to no option", argv[at]);
	}
	if (!file)
		lint_add(lint, "config.tm_file", command_line, "-f",
			 "no configuration file specified");
	return file;
}

int tm_load(char *const argv[], lp_version version, struct tm_conf *tm, struct lint *lint)
{
	char *bytes = NULL;
	size_t len = 0;
	int rc = 0;

	*tm = (struct tm_conf){ .file = read_command(argv, lint) };
	if (tm->file)
		rc = conf_file_read(tm->file, lint, &bytes, &len);
	if (!rc && tm->file)
		rc = tm_read(tm, tm->file, bytes, len, version, lint);
	free(bytes);
	return rc;
}

/* The children of one file, judged one after the other. */
struct work {
	const struct tm_conf *tm;
	lp_version version;
	struct daemon_conf *conf;
	struct lint *lint;
	struct lint *aside;	/* takes notes that were made before */
	char *room;		/* for a file that timemaster would write */
};

static struct ptp_judge judge_into(const struct work *w, struct ptp_settings *settings,
				   struct lint *lint)
{
	return (struct ptp_judge){ .version = w->version, .settings = settings, .lint = lint,
				   .port = PTP_ALL_PORTS, .file = w->tm->file };
}

/* Each setting on the line where the user wrote it, so that notes name that line. */
static size_t write_settings(const struct work *w, int domain, unsigned section_line)
{
	unsigned at = 1;
	char *to = w->room;

	for (; at < section_line; at++)
		*to++ = '\n';
	to = stpcpy(to, "[global]\n");
	at++;
	for (unsigned i = 0; i < w->tm->lines; i++) {
		const struct tm_line *l = &w->tm->line[i];

		if (l->domain != domain)
			continue;
		for (; at < l->line; at++)
			*to++ = '\n';
		to = stpcpy(stpcpy(to, l->text), "\n");
		at++;
	}
	return (size_t)(to - w->room);
}

static size_t room_needed(const struct tm_conf *tm)
{
	size_t size = tm->last_line + sizeof("[global]\n");

	for (unsigned i = 0; i < tm->lines; i++)
		size += strlen(tm->line[i].text) + 1;
	return size;
}

static void read_settings(const struct work *w, int domain, unsigned section_line,
			  struct ptp_settings *settings, struct lint *lint)
{
	struct ptp_judge j = judge_into(w, settings, lint);

	if (section_line)
		ptp_judge_file(&j, w->room, write_settings(w, domain, section_line));
}

/* The user's settings for ptp4l, each list by itself: one may override another on purpose. */
static void judge_own(const struct work *w, int domain, unsigned section_line)
{
	struct ptp_settings settings;

	ptp_settings_init(&settings, w->version);
	read_settings(w, domain, section_line, &settings, w->lint);
	ptp_settings_fini(&settings);
}

/* What timemaster writes behind the user's settings. */
static void add_setting(const struct work *w, const struct tm_domain *d,
			struct ptp_settings *settings, const char *name, const char *text)
{
	const struct lint_place place = { w->tm->file, d->line };
	const struct ptp_option *opt = ptp_option_find(name, w->version);
	struct ptp_value v;

	if (!opt)
		opt = ptp_option_older(name, w->version);
	if (!opt)
		return;
	if (ptp_value_parse(opt, text, &v) == PTP_PARSED_OK)
		ptp_settings_put(settings, &(struct ptp_setting){
			.opt = opt, .port = PTP_ALL_PORTS, .place = place, .number = v.number,
			.text = (char *)text });	/* copied */
	else
		lint_add(w->lint, "config.value_range", place, name,
			 "%.40s is an out of range value for option %s", text, opt->name);
}

static void add_settings(const struct work *w, const struct tm_domain *d,
			 struct ptp_settings *settings)
{
	char number[16], path[128];
	int segment = w->tm->first_segment + (int)(d - w->tm->domain);

	snprintf(number, sizeof(number), "%d", d->number);
	snprintf(path, sizeof(path), "%.100s/ptp4l.%d.socket", w->tm->rundir, segment);
	add_setting(w, d, settings, "clientOnly", "1");
	add_setting(w, d, settings, "domainNumber", number);
	add_setting(w, d, settings, "uds_address", path);
	snprintf(path, sizeof(path), "%.100s/ptp4lro.%d.socket", w->tm->rundir, segment);
	add_setting(w, d, settings, "uds_ro_address", path);
}

/* A command line: the user's words, then timemaster's. */
struct made_up {
	unsigned argc;
	char *argv[ARGS_MAX + 1];
	char room[1024];
};

static void add_word(struct made_up *m, char *word)
{
	if (m->argc < ARGS_MAX)
		m->argv[m->argc++] = word;
	m->argv[m->argc] = NULL;
}

static void begin_command(const struct tm_program *program, struct made_up *m)
{
	char *rest = m->room, *word;

	m->argc = 0;
	add_word(m, (char *)program->path);
	snprintf(m->room, sizeof(m->room), "%s", program->options ? program->options : "-l 5");
	while ((word = strtok_r(rest, " \t\v\f\r", &rest)))
		add_word(m, word);
}

/* Notes from the `first` on that name no place are about the user's words. */
static void name_places(const struct work *w, unsigned first, unsigned line)
{
	for (unsigned i = first; i < w->lint->n; i++) {
		struct lint_note *n = &w->lint->at[i];

		if (n->file[0])
			continue;
		snprintf(n->file, sizeof(n->file), "%s", w->tm->file);
		n->line = line;
	}
}

static void fill_ports(const struct work *w, const struct ptp_settings *settings)
{
	struct daemon_conf *conf = w->conf;

	for (unsigned i = 0; i < settings->ports && conf->ports < PORTS_MAX; i++) {
		unsigned n = conf->ports++;

		memcpy(conf->port[n], settings->port[i].name, IFACE_NAME_MAX);
		conf->port_from_file[n] = true;
		conf->port_transport[n] =
			(enum transport)ptp_number(settings, (int)i, "network_transport");
		conf->transport = conf->port_transport[0];
	}
}

/* The ptp4l of one domain: both lists of settings, what timemaster adds, and the command line. */
static void judge_domain(const struct work *w, unsigned n)
{
	const struct tm_domain *d = &w->tm->domain[n];
	const struct tm_program *program = &w->tm->program[TM_PTP4L];
	struct ptp_settings settings;
	struct ptp_judge j = judge_into(w, &settings, w->lint);
	struct ptp_command cmd;
	struct made_up m;
	unsigned first = w->lint->n;

	ptp_settings_init(&settings, w->version);
	w->aside->n = w->aside->errors = w->aside->dropped = 0;
	read_settings(w, TM_BASE, w->tm->base_line, &settings, w->aside);
	read_settings(w, (int)n, d->line, &settings, w->aside);
	add_settings(w, d, &settings);
	begin_command(program, &m);
	for (unsigned i = 0; i < d->ifaces; i++) {
		add_word(&m, (char *)"-i");
		add_word(&m, (char *)d->iface[i]);
	}
	j.file = NULL;
	j.lint = n ? w->aside : w->lint;
	ptp_command_read(&j, PROG_PTP4L, m.argv, &cmd);
	j.lint = w->lint;
	if (d->ifaces)
		ptp_cross_check(&j, PROG_PTP4L, &cmd);
	name_places(w, first, program->line ? program->line : d->line);
	fill_ports(w, &settings);
	ptp_settings_fini(&settings);
}

static void judge_phc2sys(const struct work *w)
{
	const struct tm_program *program = &w->tm->program[TM_PHC2SYS];
	struct ptp_settings settings;
	struct ptp_judge j = judge_into(w, &settings, w->lint);
	struct ptp_command cmd;
	struct made_up m;
	unsigned first = w->lint->n;

	if (!program->options)
		return;
	j.file = NULL;
	ptp_settings_init(&settings, w->version);
	begin_command(program, &m);
	add_word(&m, (char *)"-a");
	add_word(&m, (char *)"-r");
	ptp_command_read(&j, PROG_PHC2SYS, m.argv, &cmd);
	ptp_cross_check(&j, PROG_PHC2SYS, &cmd);
	name_places(w, first, program->line);
	ptp_settings_fini(&settings);
}

static void judge_sources(const struct work *w)
{
	if (!w->tm->domains)
		lint_add(w->lint, "config.tm_no_domain", (struct lint_place){ w->tm->file, 0 },
			 NULL, "no section ptp_domain%s",
			 w->tm->servers ? "" : ", and no ntp_server");
}

static void fill(const struct work *w)
{
	struct daemon_conf *conf = w->conf;

	conf->time_stamping = TS_SOFTWARE;	/* each port gets what its interface can */
	conf->client_only = true;
	conf->domain = w->tm->domains ? w->tm->domain[0].number : 0;
	snprintf(conf->uds_address, sizeof(conf->uds_address), "%.80s/ptp4l.%d.socket",
		 w->tm->rundir, w->tm->first_segment);
}

int tm_judge(const struct tm_conf *tm, lp_version version, struct daemon_conf *conf,
	     struct lint *lint)
{
	struct work w = { .tm = tm, .version = version, .conf = conf, .lint = lint,
			  .aside = malloc(sizeof(*lint)), .room = malloc(room_needed(tm)) };
	int rc = w.aside && w.room ? 0 : -ENOMEM;

	if (!rc) {
		judge_own(&w, TM_BASE, tm->base_line);
		for (unsigned i = 0; i < tm->domains; i++)
			judge_own(&w, (int)i, tm->domain[i].line);
		for (unsigned i = 0; i < tm->domains; i++)
			judge_domain(&w, i);
		judge_phc2sys(&w);
		judge_sources(&w);
		fill(&w);
	}
	free(w.aside);
	free(w.room);
	return rc;
}
