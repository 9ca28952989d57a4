#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "args.h"
#include "local.h"
#include "places.h"
#include "supervisor/record/history.h"
#include "text.h"
#include "unitname.h"
#include "verbs.h"

enum { LINES_DEFAULT = 20, FOLLOW_MS = 1000, LINE_SIZE = 4 * LINE_MAX_BYTES + 1 };

static const struct args_spec spec = {
	.verb = "log", .options = "fjnF", .words = "UNIT", .words_min = 1, .words_max = 1,
	.help = "Shows what a unit printed, from its files: works without the supervisor.",
};

/* How lines are shown: raw for a file or a pipe, harmless for a terminal, or as JSON. */
enum show { SHOW_RAW, SHOW_SAFE, SHOW_JSON };

static void print_json(const char *line, size_t len)
{
	char copy[LINE_SIZE], room[6 * LINE_SIZE];
	struct text t = text_in(room, sizeof(room));

	len = len < sizeof(copy) ? len : sizeof(copy) - 1;
	memcpy(copy, line, len);
	copy[len] = '\0';
	text_add(&t, "{\"line\":");
	text_add_json(&t, copy);
	text_add(&t, "}");
	puts(room);
}

static int print_line(void *owner, const char *line, size_t len)
{
	const enum show *show = owner;
	char room[LINE_SIZE];
	struct text safe = text_in(room, sizeof(room));

	if (*show == SHOW_JSON) {
		print_json(line, len);
	} else if (*show == SHOW_SAFE) {
		text_add_escaped(&safe, line, len);
		puts(room);
	} else {
		fwrite(line, 1, len, stdout);
		putchar('\n');
	}
	return ferror(stdout) ? -EIO : 0;
}

static int fail(const char *unit, const struct err *err, int rc)
{
	fprintf(stderr, "ptpwarden log: %s: %s\n", unit, err->code ? err->text : strerror(-rc));
	return RC_FAILED;
}

static int follow(struct history *h, const char *unit, enum show *show)
{
	struct err err = { 0 };
	int rc = 0;

	while (!rc) {
		fflush(stdout);
		rc = history_wait(h, FOLLOW_MS);
		if (rc == -EINTR)
			return RC_OK;
		if (!rc)
			rc = history_follow(h, print_line, show, &err);
	}
	return rc == -EIO ? RC_OK : fail(unit, &err, rc);
}

/* No file: because there is no such unit, or because it has said nothing yet? */
static int nothing_there(const struct places *places, const struct args *a)
{
	int rc = unit_known(spec.verb, a->file, a->word[0]);

	if (rc)
		return rc;
	fprintf(stderr, "ptpwarden log: %s has printed nothing yet (there is no %s/%s.log).\n",
		a->word[0], places->log_dir, a->word[0]);
	return RC_FAILED;
}

static int show_lines(struct history *h, const struct places *places, const struct args *a)
{
	enum show how = a->json ? SHOW_JSON : isatty(STDOUT_FILENO) ? SHOW_SAFE : SHOW_RAW;
	struct err err = { 0 };
	int rc = history_tail(h, a->lines, print_line, &how, &err);

	if (rc == -ENOENT) {
		rc = nothing_there(places, a);
		return rc == RC_FAILED && a->follow ? follow(h, a->word[0], &how) : rc;
	}
	if (rc < 0)
		return rc == -EIO ? RC_OK : fail(a->word[0], &err, rc);
	return a->follow ? follow(h, a->word[0], &how) : RC_OK;
}

static int show(const struct places *places, const struct args *a)
{
	struct err err = { 0 };
	struct history h;
	int rc;

	if (strchr(a->word[0], '/'))
		return nothing_there(places, a);
	rc = history_init(&h, places->log_dir, a->word[0], &err);
	if (rc < 0)
		return fail(a->word[0], &err, rc);
	rc = show_lines(&h, places, a);
	history_fini(&h);
	return rc;
}

int log_main(int argc, char **argv)
{
	struct args a = { .lines = LINES_DEFAULT };
	struct places places;
	int rc = args_parse(&spec, argc, argv, &a);

	if (rc)
		return rc;
	if (a.help) {
		args_print_usage(&spec, stdout);
		return RC_OK;
	}
	places_find(a.file, &places);
	return show(&places, &a);
}
