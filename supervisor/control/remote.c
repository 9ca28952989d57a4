#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "args.h"
#include "client.h"
#include "conf/errors.h"
#include "conf/load.h"
#include "conf/planmake.h"
#include "explainid.h"
#include "local.h"
#include "places.h"
#include "remote.h"
#include "supervisor/loop.h"
#include "terminal.h"
#include "verbs.h"

enum {
	WAIT_DEFAULT_MS = 30000,
	SILENCE_MS = 5000,	/* a supervisor that says nothing for this long hangs */
	RETRY_MS = 100,		/* between attempts to reach one that has not appeared yet */
};

static const struct args_spec specs[] = {
	{ .verb = "status", .options = "fsj", .words = "[UNIT]", .words_max = 1,
	  .help = "Shows the state of the units. Exit code 3: UNIT does not run." },
	{ .verb = "start", .options = "fsjwOa", .words = "UNIT", .words_max = 1,
	  .help = "Starts a unit now, whatever delay is due. Exit code 1: failed, 5: trying on." },
	{ .verb = "stop", .options = "fsjwa", .words = "UNIT", .words_max = 1,
	  .help = "Stops a unit; it stays stopped until it is started by hand." },
	{ .verb = "restart", .options = "fsjwOa", .words = "UNIT", .words_max = 1,
	  .help = "Stops a unit and starts it again." },
	{ .verb = "reload", .options = "fsjw", .words = "[UNIT]", .words_max = 1,
	  .help = "Reads the configuration again and restarts the units that it changes." },
	{ .verb = "shutdown", .options = "fsw", .words = "",
	  .help = "Ends the supervisor as a TERM signal would." },
	{ .verb = "monitor", .options = "fsj", .words = "",
	  .help = "Shows each event as it comes; with --json one object a line. Ends with ^C." },
};

static const struct args_spec wait_spec = {
	.verb = "wait", .options = "fsjl", .words = "[UNIT] [SEC]", .words_max = 2,
	.help = "Waits until UNIT, or every unit that is not stopped, is ready; at most SEC (30).",
};

static const struct args_spec why_spec = {
	.verb = "why", .options = "fsjx", .words = "[UNIT|INCIDENT|ID]", .words_max = 1,
	.help = "Explains the newest incident of UNIT (or of any), an older one by its number,\n"
		"or what an id means.",
};

static void on_piece(void *owner, enum frame_kind kind, const char *bytes, size_t len)
{
	FILE *to = kind == FRAME_ERR ? stderr : stdout;

	fwrite(bytes, 1, len, to);
	fflush(to);
}

static int say_error(const struct err *err, int rc)
{
	size_t len = strlen(err->text);

	fprintf(stderr, "ptpwarden: %s%s\n", err->text,
		len && err->text[len - 1] == '.' ? "" : ".");	/* a remedy brings its own */
	return rc;
}

static int connect_as_told(const struct args *a, struct err *err)
{
	struct places places;

	if (a->socket)
		return client_connect(a->socket, err);
	places_find(a->file, &places);
	return client_connect(places.socket, err);
}

static int set_unit(struct request *r, const char *unit)
{
	if (!*unit || strlen(unit) >= sizeof(r->unit)) {
		fprintf(stderr, "ptpwarden: '%.60s' is no name of a unit. 'ptpwarden status' lists "
				"them.\n", unit);
		return RC_USAGE;
	}
	strcpy(r->unit, unit);
	return 0;
}

static struct request request_of(const char *verb, const struct args *a)
{
	struct request r = {
		.json = a->json, .force = a->force, .locked = a->locked, .facts = a->facts,
		.wait = a->wait, .wait_ms = a->wait_ms, .colour = !a->json && terminal_has_colour(),
	};

	snprintf(r.verb, sizeof(r.verb), "%s", verb);
	return r;
}

/* The supervisor is there, but not for this user. */
static bool forbidden(int rc)
{
	return rc == -EACCES || rc == -EPERM;
}

/* Every error with its line marked. @return whether there was one */
static bool show_config_errors(const char *file)
{
	struct conf_errors *errors = malloc(sizeof(*errors));
	struct plan *plan = NULL;
	bool wrong = errors && conf_load(file, &plan, errors) < 0;

	if (wrong)
		conf_errors_print(errors, stderr);
	plan_free(plan);
	free(errors);
	return wrong;
}

/* One that waits for its configuration to be mended (`run --wait-config`) has no socket yet. */
static int say_absent(const struct args *a, const struct err *err)
{
	bool configured = a->file || access(conf_path(), F_OK) == 0;

	say_error(err, RC_UNREACHABLE);
	if (!a->socket && configured && show_config_errors(a->file))
		fputs("With this configuration it cannot run. Mend the lines above; "
		      "'ptpwarden check' tells when they are right.\n", stderr);
	return RC_UNREACHABLE;
}

static int ask(const struct args *a, const struct request *r, msec_t patience)
{
	struct err err = { 0 };
	int fd = connect_as_told(a, &err), rc;

	if (fd < 0)
		return forbidden(fd) ? say_error(&err, RC_FAILED) : say_absent(a, &err);
	rc = client_ask(fd, r, patience, on_piece, NULL, &err);
	close(fd);
	if (rc == -EPIPE && !strcmp(r->verb, "shutdown"))
		return RC_OK;	/* hanging up is the answer */
	return rc < 0 ? say_error(&err, RC_UNREACHABLE) : rc;
}

static const struct args_spec *spec_of(const char *verb)
{
	for (size_t i = 0; i < ARRAY_LEN(specs); i++)
		if (!strcmp(specs[i].verb, verb))
			return &specs[i];
	return NULL;
}

/* start, stop, restart: one slip must not hit every unit, so all of them have to be asked for. */
static bool unit_missing(const struct args_spec *spec, const struct args *a)
{
	return strchr(spec->options, 'a') && !a->words && !a->all;
}

int remote_main(int argc, char **argv)
{
	const struct args_spec *spec = spec_of(argv[0]);
	struct args a = { .wait_ms = WAIT_DEFAULT_MS };
	struct request r;
	int rc = args_parse(spec, argc, argv, &a);

	if (rc)
		return rc;
	if (a.help) {
		args_print_usage(spec, stdout);
		return RC_OK;
	}
	if (unit_missing(spec, &a) || (a.all && a.words)) {
		fprintf(stderr, "ptpwarden %s: which unit? Name one, or give --all.\n", spec->verb);
		return RC_USAGE;
	}
	r = request_of(spec->verb, &a);
	rc = a.words ? set_unit(&r, a.word[0]) : 0;
	if (rc)
		return rc;
	rc = ask(&a, &r, strcmp(spec->verb, "monitor") ? SILENCE_MS : -1);
	/* the supervisor's answer names the first error only */
	if (rc == RC_FAILED && !strcmp(spec->verb, "reload"))
		(void)show_config_errors(a.file);
	return rc;
}

/* One attempt. @return exit code, or -errno when the supervisor was not there to the end */
static int wait_once(const struct args *a, const struct request *r, struct err *err)
{
	int fd = connect_as_told(a, err), rc;

	if (fd < 0)
		return fd;
	rc = client_ask(fd, r, SILENCE_MS, on_piece, NULL, err);
	close(fd);
	return rc;
}

static int wait_until(const struct args *a, struct request *r, msec_t deadline)
{
	for (;;) {
		struct err err = { 0 };
		msec_t left = deadline - loop_now();
		int rc;

		r->wait_ms = left > 0 ? left : 0;
		rc = wait_once(a, r, &err);
		if (rc >= 0 && (rc != RC_UNREACHABLE || loop_now() >= deadline))
			return rc;
		if (forbidden(rc))
			return say_error(&err, RC_FAILED);
		if (rc < 0 && loop_now() >= deadline)
			return say_error(&err, RC_UNREACHABLE);
		poll(NULL, 0, RETRY_MS);
	}
}

/* "wait", "wait UNIT", "wait SEC" and "wait UNIT SEC": a word that is a duration is one. */
static int wait_words(struct args *a, struct request *r)
{
	unsigned n = a->words;

	if (n && args_duration(a->word[n - 1], &a->wait_ms))
		n--;
	if (n == 2) {
		fprintf(stderr, "ptpwarden wait: '%.60s' is no time. Give seconds, or 500ms, 30s, "
				"5m, 1h.\n", a->word[1]);
		return RC_USAGE;
	}
	return n ? set_unit(r, a->word[0]) : 0;
}

int wait_main(int argc, char **argv)
{
	struct args a = { .wait_ms = WAIT_DEFAULT_MS };
	struct request r;
	int rc = args_parse(&wait_spec, argc, argv, &a);

	if (rc)
		return rc;
	if (a.help) {
		args_print_usage(&wait_spec, stdout);
		return RC_OK;
	}
	a.wait = true;
	r = request_of("wait", &a);
	rc = wait_words(&a, &r);
	return rc ? rc : wait_until(&a, &r, loop_now() + a.wait_ms);
}

/* Units may be called so, too, but then the incidents are asked for by others. */
static bool is_number(const char *word)
{
	return word[0] && word[strspn(word, "0123456789")] == '\0' && strlen(word) < 10;
}

int why_main(int argc, char **argv)
{
	struct args a = { .words = 0 };
	struct request r;
	int rc = args_parse(&why_spec, argc, argv, &a);

	if (rc)
		return rc;
	if (a.help) {
		args_print_usage(&why_spec, stdout);
		return RC_OK;
	}
	if (a.words && is_number(a.word[0]))
		return history_why(a.file, (uint32_t)strtoul(a.word[0], NULL, 10), a.json);
	if (a.words && explain_id_here(a.word[0], a.json, stdout))
		return RC_OK;
	r = request_of("why", &a);
	rc = a.words ? set_unit(&r, a.word[0]) : 0;
	return rc ? rc : ask(&a, &r, SILENCE_MS);
}
