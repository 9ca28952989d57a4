#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "errors.h"
#include "import.h"
#include "load.h"
#include "planmake.h"
#include "shellvars.h"
#include "text.h"
#include "value.h"
#include "words.h"

enum { FILE_BYTES = 65536, OUTPUT_BYTES = 32768, WORDS_MAX = 60 };

/* What starts a daemon today. */
struct daemon {
	const char *name;
	const char *script;	/* the init script whose default this is */
	const char *preset;	/* its arguments when nothing else is said */
	const char *variables[5]; /* names in use for the arguments, the first that is set wins */
	char source[320];	/* where the arguments come from, for a comment */
	char args[SHELLVAR_BYTES];
	unsigned shell_line;	/* a line of the file that only a shell understands */
	char shell_file[256];
	unsigned n;
	char *word[WORDS_MAX];	/* inside args */
};

static const struct daemon daemons[] = {
	{ .name = "ptp4l", .script = "S65ptp4l", .preset = "-f /etc/linuxptp.cfg",
	  .variables = { "PTP4L_ARGS", "PTP4L_OPTS", "PTP4L_OPTIONS", "DAEMON_ARGS", "OPTIONS" } },
	{ .name = "phc2sys", .script = "S66phc2sys", .preset = "-a -r -S 1.0",
	  .variables = { "PHC2SYS_ARGS", "PHC2SYS_OPTS", "PHC2SYS_OPTIONS", "DAEMON_ARGS",
			 "OPTIONS" } },
};

/* @return bytes, 0 when there is no such file, -errno */
static ssize_t read_file(const char *path, char *out, size_t size, struct err *err)
{
	FILE *f = fopen(path, "re");
	size_t n;
	int bad;

	if (!f && errno == ENOENT)
		return 0;
	if (!f)
		return err_set(err, errno, "%s: %s", path, strerror(errno));
	n = fread(out, 1, size, f);
	bad = ferror(f) ? EIO : n == size ? EFBIG : 0;
	fclose(f);
	return bad ? err_set(err, bad, "%s: %s", path, strerror(bad)) : (ssize_t)n;
}

static int only_a_shell(const char *path, unsigned line, const char *name, struct err *err)
{
	return err_set(err, EINVAL, "%s:%u: only a shell can work out %s; write its value there",
		       path, line, name);
}

static int take_variable(struct daemon *d, const struct shellvars *vars, const char *path,
			 struct err *err)
{
	d->shell_line = vars->other_line;
	snprintf(d->shell_file, sizeof(d->shell_file), "%s", path);
	for (unsigned i = 0; i < ARRAY_LEN(d->variables); i++) {
		const char *name = d->variables[i];
		const struct shellvar *v = shellvars_get(vars, name);
		unsigned line = shellvars_mention(vars, name);

		if (line || (v && v->unclear))
			return only_a_shell(path, line ? line : v->line, name, err);
		if (!v)
			continue;
		snprintf(d->args, sizeof(d->args), "%s", v->value);
		snprintf(d->source, sizeof(d->source), "%s of %s", name, path);
		return 0;
	}
	if (vars->dropped)
		return err_set(err, E2BIG, "%s: more than can be read without a shell", path);
	return 0;
}

static int read_daemon(struct daemon *d, const char *default_dir, struct err *err)
{
	struct shellvars *vars = malloc(sizeof(*vars));
	char *text = malloc(FILE_BYTES);
	char path[256];
	ssize_t n;
	int rc = -ENOMEM;

	snprintf(d->args, sizeof(d->args), "%s", d->preset);
	snprintf(d->source, sizeof(d->source), "the default of %s", d->script);
	if (!vars || !text)
		goto out;
	rc = snprintf(path, sizeof(path), "%s/%s", default_dir, d->name) < (int)sizeof(path) ?
		     0 : err_set(err, ENAMETOOLONG, "%s: this path is too long", default_dir);
	if (rc)
		goto out;
	n = read_file(path, text, FILE_BYTES, err);
	rc = n < 0 ? (int)n : 0;
	if (n > 0) {
		shellvars_read(text, (size_t)n, vars);
		rc = take_variable(d, vars, path, err);
	}
out:
	free(vars);
	free(text);
	return rc;
}

/* An init script hands its arguments on unquoted: only blanks separate, quotes mean nothing. */
static int split(struct daemon *d, struct err *err)
{
	char *rest = d->args, *word;

	while ((word = strtok_r(rest, " \t\r\n", &rest))) {
		if (d->n == WORDS_MAX)
			return err_set(err, E2BIG, "%s: more than %d arguments", d->source,
				       WORDS_MAX);
		d->word[d->n++] = word;
	}
	return 0;
}

static bool gives(const struct daemon *d, const char *flag)
{
	for (unsigned i = 0; i < d->n; i++)
		if (!strcmp(d->word[i], flag))
			return true;
	return false;
}

/* The one interface that -i names; NULL when there is none, or several. */
static const char *only_interface(const struct daemon *ptp4l)
{
	const char *found = NULL;

	for (unsigned i = 0; i < ptp4l->n; i++) {
		const char *name;

		if (strncmp(ptp4l->word[i], "-i", 2))
			continue;
		name = ptp4l->word[i] + 2;
		if (!*name && i + 1 < ptp4l->n)
			name = ptp4l->word[i + 1];
		if (found || !value_interface_ok(name))
			return NULL;
		found = name;
	}
	return found;
}

/* A word of the command line as the configuration needs it: %i for the interface, %% for %. */
static void add_word(struct text *t, const char *word, const char *interface)
{
	char doubled[2 * SHELLVAR_BYTES + 1], quoted[4 * SHELLVAR_BYTES + 3];
	struct text d = text_in(doubled, sizeof(doubled));
	bool after_letter = interface && word[0] == '-' && word[1] && !strcmp(word + 2, interface);

	if (interface && (!strcmp(word, interface) || after_letter)) {
		text_add(t, after_letter ? " %.2s%%i" : " %%i", word);
		return;
	}
	for (; *word; word++)
		text_add(&d, *word == '%' ? "%%%%" : "%c", *word);
	words_quote(doubled, quoted, sizeof(quoted));
	text_add(t, " %s", quoted);
}

static void add_unit(struct text *t, const struct daemon *d, const char *interface)
{
	text_add(t, "\n[unit %s]\n; ", d->name);
	text_add_escaped(t, d->source, strlen(d->source));
	text_add(t, "\n");
	if (d->shell_line) {
		text_add(t, "; ");
		text_add_escaped(t, d->shell_file, strlen(d->shell_file));
		text_add(t, " does more than set variables (line %u), and\n"
			    "; that is not done here: look it over\n",
			 d->shell_line);
	}
	text_add(t, "command   = %s", d->name);
	for (unsigned i = 0; i < d->n; i++)
		add_word(t, d->word[i], interface);
	text_add(t, "\n");
}

static void write_ptp4l(struct text *t, const struct daemon *d, const char *interface)
{
	add_unit(t, d, interface);
	if (interface)
		text_add(t, "interface = %s\n", interface);
	if (gives(d, "-S"))
		return;
	text_add(t,
		 "\n; where the port may turn out not to stamp in hardware, take away the ; here\n"
		 ";[alternate %s software]\n;args      = -S\n",
		 d->name);
}

static void write_phc2sys(struct text *t, const struct daemon *d, const struct daemon *ptp4l,
			  const char *interface)
{
	if (gives(ptp4l, "-S")) {
		text_add(t, "\n; No phc2sys: with -S ptp4l steers the system's clock itself.\n");
		return;
	}
	add_unit(t, d, interface);
	text_add(t, "follows   = ptp4l\n");
}

/* What is printed must load: a value that the configuration cannot hold is an error here. */
static int check_loads(const struct text *t, struct err *err)
{
	struct conf_errors *errs = malloc(sizeof(*errs));
	struct plan *plan = NULL;
	int rc = errs ? conf_load_text(t->at, t->len, &plan, errs) : -ENOMEM;

	if (rc == -EINVAL)
		err_set(err, EINVAL, "the result would be no valid configuration, line %u: %s",
			errs->at[0].line, errs->at[0].text);
	plan_free(plan);
	free(errs);
	return rc;
}

static int write_all(struct text *t, struct daemon *ptp4l, struct daemon *phc2sys)
{
	const char *interface = only_interface(ptp4l);

	text_add(t, "; ptpwarden configuration, made by \"ptpwarden import\".\n"
		    "; Look it over, save it as " SYSCONFDIR "/ptpwarden.conf,\n"
		    "; try \"ptpwarden check\".\n");
	write_ptp4l(t, ptp4l, interface);
	write_phc2sys(t, phc2sys, ptp4l, interface);
	return t->cut ? -E2BIG : 0;
}

int import_print(const char *default_dir, FILE *out, struct err *err)
{
	struct daemon ptp4l = daemons[0], phc2sys = daemons[1];
	char *room = malloc(OUTPUT_BYTES);
	struct text t;
	int rc = room ? 0 : -ENOMEM;

	if (!rc)
		rc = read_daemon(&ptp4l, default_dir, err);
	if (!rc)
		rc = read_daemon(&phc2sys, default_dir, err);
	if (!rc)
		rc = split(&ptp4l, err);
	if (!rc)
		rc = split(&phc2sys, err);
	if (!rc) {
		t = text_in(room, OUTPUT_BYTES);
		rc = write_all(&t, &ptp4l, &phc2sys);
	}
	if (!rc)
		rc = check_loads(&t, err);
	if (!rc && (fwrite(room, 1, t.len, out) != t.len || fflush(out)))
		rc = err_set(err, errno, "cannot write: %s", strerror(errno));
	free(room);
	return rc ? err_set(err, -rc, "%s", strerror(-rc)) : 0;
}
