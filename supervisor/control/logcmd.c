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
	.verb = "log", .options = "fnF", .words = "UNIT", .words_min = 1, .words_max = 1,
	.help = "Shows what a unit printed, from its files: works without the supervisor.",
};

/* A file or a pipe gets the bytes as they are, a terminal gets nothing that could move it. */
static int print_line(void *owner, const char *line, size_t len)
{
	const bool *terminal = owner;
	char room[LINE_SIZE];
	struct text safe = text_in(room, sizeof(room));

	if (*terminal) {
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

static int follow(struct history *h, const char *unit, bool *terminal)
{
	struct err err = { 0 };
	int rc = 0;

	while (!rc) {
		fflush(stdout);
		rc = history_wait(h, FOLLOW_MS);
		if (rc == -EINTR)
			return RC_OK;
		if (!rc)
			rc = history_follow(h, print_line, terminal, &err);
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
	bool terminal = isatty(STDOUT_FILENO);
	struct err err = { 0 };
	int rc = history_tail(h, a->lines, print_line, &terminal, &err);

	if (rc == -ENOENT) {
		rc = nothing_there(places, a);
		return rc == RC_FAILED && a->follow ? follow(h, a->word[0], &terminal) : rc;
	}
	if (rc < 0)
		return rc == -EIO ? RC_OK : fail(a->word[0], &err, rc);
	return a->follow ? follow(h, a->word[0], &terminal) : RC_OK;
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
