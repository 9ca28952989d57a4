#include "conf/linuxptp/ptpjudge.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "conf/near.h"

/** An option with its value where somebody wrote it. */
struct given {
	const char *name, *value;
	struct lint_place place;
	unsigned daemon_line;
	const char *section;	/**< NULL on the command line */
};

/** What the daemon says about a place: " at line 5", " at line 5 in global section". */
struct where {
	char line[24], section[80];
};

static struct where where_of(const struct given *g)
{
	struct where w = { "", "" };

	if (!g->section)
		return w;
	snprintf(w.line, sizeof(w.line), " at line %u", g->daemon_line);
	snprintf(w.section, sizeof(w.section), "%s in %.40s section", w.line, g->section);
	return w;
}

const char *ptp_nearest(lp_version version, const char *name)
{
	const char *names[LP_NAMES_MAX];
	unsigned n = ptp_option_names(version, names);
	struct near near;

	near_start(&near, name);
	for (unsigned i = 0; i < n; i++)
		near_offer(&near, names[i]);
	return near_best(&near);
}

/* The option is one of another version: which, and what does the same here? */
static void other_version(struct ptp_judge *j, const struct given *g, const struct ptp_option *opt)
{
	const struct ptp_option *older = ptp_option_older(g->name, j->version);
	char here[24], since[24];
	struct lint_note *note;

	if (opt->since > j->lint->written_for)
		j->lint->written_for = opt->since;
	lp_version_print(j->version, here, sizeof(here));
	lp_version_print(opt->since, since, sizeof(since));
	note = lint_add(j->lint, "config.option_of_other_version", g->place, g->name,
			"unknown option %.60s%s: known since %s, installed is %s", g->name,
			where_of(g).section, since, here);
	if (older)
		lint_advise(note, "Write %s instead of %s.", older->name, g->name);
	else
		lint_advise(note, "Remove %s, or install linuxptp %s or newer.", g->name, since);
}

/* A near name of this version, else one of a newer version and what it is called here. */
static void advise_near(const struct ptp_judge *j, const char *name, struct lint_note *note)
{
	const char *near = ptp_nearest(j->version, name), *newer;
	const struct ptp_option *older;

	if (near) {
		lint_advise(note, "Write %s if that is meant, or remove the line.", near);
		return;
	}
	newer = ptp_nearest(LP_DEVELOPMENT, name);
	older = newer ? ptp_option_older(newer, j->version) : NULL;
	if (older)
		lint_advise(note, "Write %s, the older name of %s, or remove the line.",
			    older->name, newer);
	else if (newer)
		lint_advise(note, "Remove the line; %s is an option of newer versions only.",
			    newer);
}

static void unknown(struct ptp_judge *j, const struct given *g)
{
	const struct ptp_option *other = ptp_option_any(g->name);
	struct lint_note *note;

	if (other) {
		other_version(j, g, other);
		return;
	}
	note = lint_add(j->lint, "config.option_unknown", g->place, g->name,
			"unknown option %.60s%s", g->name, where_of(g).section);
	if (g->name[0] == ';')
		lint_advise(note, "Begin comments with #; linuxptp knows no other form.");
	else
		advise_near(j, g->name, note);
}

static void refused(struct ptp_judge *j, const struct given *g, const struct ptp_option *opt,
		    enum ptp_parsed result)
{
	static const struct {
		const char *id, *words;
	} of[] = {
		[PTP_BAD_VALUE] = { "config.value_bad", "a bad value" },
		[PTP_MALFORMED] = { "config.value_malformed", "a malformed value" },
		[PTP_OUT_OF_RANGE] = { "config.value_range", "an out of range value" },
	};
	char accepts[120];
	struct lint_note *note;

	note = lint_add(j->lint, of[result].id, g->place, g->name, "%.80s is %s for option %s%s",
			g->value, of[result].words, opt->name, where_of(g).line);
	ptp_option_accepts(opt, accepts, sizeof(accepts));
	if (g->value[0] == '=')
		lint_advise(note, "Write %s %.60s: no equals sign.", opt->name,
			    g->value + strspn(g->value, "= \t"));
	else if (strchr(g->value, '#'))
		lint_advise(note, "Put the comment on a line of its own.");
	else
		lint_advise(note, "Use %s.", accepts);
}

static void warn_twice(struct ptp_judge *j, const struct given *g, const struct ptp_setting *before,
		       double number)
{
	bool same = before->opt->type == PTP_STRING ?
			    before->text && !strcmp(before->text, g->value) :
			    before->number == number;

	if (same || before->locked || !g->place.line)
		return;
	lint_add(j->lint, "config.option_twice", g->place, g->name,
		 "%s was set to %.60s in line %u and is now set to %.60s", before->opt->name,
		 before->text ? before->text : "", before->place.line, g->value);
}

static void keep(struct ptp_judge *j, const struct given *g, const struct ptp_option *opt,
		 const struct ptp_value *value)
{
	const struct ptp_setting *before = ptp_settings_given(j->settings, j->port, opt->name);
	struct ptp_setting new = {
		.opt = opt,
		.port = j->port,
		.locked = !j->file,
		.place = g->place,
		.number = value->number,
		.text = (char *)g->value,	/* copied */
	};

	if (before)
		warn_twice(j, g, before, value->number);
	ptp_settings_put(j->settings, &new);
}

/* The option that the daemon really sets; an old spelling may be noted. */
static const struct ptp_option *resolve(struct ptp_judge *j, const struct given *g)
{
	const struct ptp_option *opt = ptp_option_find(g->name, j->version);
	struct lint_note *note;

	if (!opt || !opt->successor)
		return opt;
	/* with the version unknown the new name might be too new */
	if (j->version || !opt->since) {
		note = lint_add(j->lint, "config.option_deprecated", g->place, g->name,
				"option %s is deprecated, please use %s instead", g->name,
				opt->successor);
		lint_advise(note, "Write %s instead of %s.", opt->successor, g->name);
	}
	return ptp_option_find(opt->successor, j->version);
}

/* Unknown, then value, then section: the daemon's order, which decides what it reports. */
static void judge(struct ptp_judge *j, const struct given *g)
{
	const struct ptp_option *opt = resolve(j, g);
	struct ptp_value value;
	enum ptp_parsed result;

	if (!opt) {
		unknown(j, g);
		return;
	}
	result = ptp_value_parse(opt, g->value, &value);
	if (result != PTP_PARSED_OK)
		refused(j, g, opt, result);
	else if (j->port != PTP_ALL_PORTS && opt->scope != PTP_PORT)
		lint_add(j->lint, "config.option_section", g->place, g->name,
			 "unknown option %s%s: it belongs into [global]", opt->name,
			 where_of(g).section);
	else
		keep(j, g, opt, &value);
}

void ptp_judge_command(struct ptp_judge *j, const char *name, const char *value)
{
	struct given g = { .name = name, .value = value };

	judge(j, &g);
}

static void judge_setting(struct ptp_judge *j, const struct ptpfile *f,
			  const struct ptpfile_item *item)
{
	struct given g = { .name = item->name,
			   .value = item->value,
			   .place = { j->file, item->line },
			   .daemon_line = item->daemon_line,
			   .section = ptpfile_section_name(f) };

	judge(j, &g);
}

/* [global] # comment: for the daemon a port by that name. */
static void warn_misread_section(struct ptp_judge *j, const struct ptpfile *f,
				 const struct lint_place *place)
{
	if (!strcasecmp(f->port, "global") || !strcasecmp(f->port, "unicast_master_table"))
		lint_add(j->lint, "config.section_trailing", *place, NULL,
			 "something stands behind [%s], which makes it a port", f->port);
	else if (strlen(f->port) >= IFACE_NAME_MAX && f->port[0] != '/')
		lint_add(j->lint, "config.port_name", *place, NULL,
			 "[%s] is too long for an interface", f->port);
}

static void begin_section(struct ptp_judge *j, const struct ptpfile *f,
			  const struct ptpfile_item *item)
{
	struct lint_place place = { j->file, item->line };

	j->port = PTP_ALL_PORTS;
	j->table = 0;
	if (f->section != PTPFILE_PORTS)
		return;
	j->port = ptp_settings_port(j->settings, f->port);
	if (j->port >= 0 && !j->settings->port[j->port].section.line)
		j->settings->port[j->port].section = place;
	warn_misread_section(j, f, &place);
}

static void outside(struct ptp_judge *j, const struct ptpfile_item *item)
{
	struct lint_place place = { j->file, item->line };

	if (j->outside++)
		return;		/* once says it all */
	j->lint->missing_section = "global";
	if (!strncmp(item->name, "\xef\xbb\xbf", 3))
		lint_add(j->lint, "config.file_mark", place, NULL,
			 "line %u is not in a section: the file begins with a byte order mark",
			 item->daemon_line);
	else
		lint_add(j->lint, "config.section_missing", place, NULL,
			 "line %u is not in a section", item->daemon_line);
}

static void valueless(struct ptp_judge *j, const struct ptpfile *f, const struct ptpfile_item *item)
{
	const char *equals = strchr(item->name, '=');
	struct lint_note *note;

	note = lint_add(j->lint, "config.value_missing", (struct lint_place){ j->file, item->line },
			item->name, "could not parse line %u in %s section", item->daemon_line,
			ptpfile_section_name(f));
	if (equals && equals > item->name)
		lint_advise(note, "Write %.*s %.60s: a space, no equals sign.",
			    (int)(equals - item->name) < 48 ? (int)(equals - item->name) : 48,
			    item->name, equals + 1);
}

static void judge_item(struct ptp_judge *j, const struct ptpfile *f,
		       const struct ptpfile_item *item)
{
	switch (item->kind) {
	case PTPFILE_BEGIN:
		begin_section(j, f, item);
		break;
	case PTPFILE_NAMELESS:
		lint_add(j->lint, "config.section_nameless",
			 (struct lint_place){ j->file, item->line }, NULL,
			 "could not parse port name on line %u", item->daemon_line);
		break;
	case PTPFILE_OUTSIDE:
		outside(j, item);
		break;
	case PTPFILE_VALUELESS:
		valueless(j, f, item);
		break;
	case PTPFILE_ENTRY:
		ptp_judge_unicast(j, item);
		break;
	case PTPFILE_SETTING:
		judge_setting(j, f, item);
		break;
	}
}

void ptp_judge_file(struct ptp_judge *j, const char *bytes, size_t len)
{
	struct ptpfile_item item;
	struct ptpfile f;
	unsigned said = 0;

	ptpfile_init(&f, bytes, len, j->version);
	while (ptpfile_next(&f, &item)) {
		if ((item.cut || item.rest) && said != item.line)
			lint_add(j->lint, "config.line_cut",
				 (struct lint_place){ j->file, item.line }, NULL,
				 "line %u is longer than 1023 bytes", item.line);
		if (item.cut || item.rest)
			said = item.line;
		judge_item(j, &f, &item);
	}
}
