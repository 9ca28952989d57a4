#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "args.h"
#include "flightfile.h"
#include "local.h"
#include "supervisor/timeline/report.h"
#include "verbs.h"

static const struct args_spec spec = {
	.verb = "report", .options = "fjrRo", .words = "[INCIDENT]", .words_max = 1,
	.help = "Makes a report of an incident, the newest one unless named, for somebody who was\n"
		"not there: as one HTML page in a file, or as text. Works without the supervisor.",
};

static bool ends_with(const char *s, const char *end)
{
	size_t n = strlen(s), k = strlen(end);

	return n >= k && !strcmp(s + n - k, end);
}

static enum report_form form_of(const struct args *a)
{
	if (a->json || (a->output && ends_with(a->output, ".json")))
		return REPORT_JSON;
	return a->output && (ends_with(a->output, ".html") || ends_with(a->output, ".htm"))
		? REPORT_HTML : REPORT_TEXT;
}

static int say(const char *what)
{
	fprintf(stderr, "ptpwarden report: %s.\n", what);
	return RC_FAILED;
}

/* A report that is cut off must not look like a whole one. */
static int print_to_file(struct report *r, const struct args *a)
{
	FILE *out = fopen(a->output, "we");
	int rc;

	if (!out) {
		fprintf(stderr, "ptpwarden report: cannot write %s: %s. Name a file in a folder that "
				"you may write to.\n", a->output, strerror(errno));
		return RC_FAILED;
	}
	rc = report_print(r, form_of(a), out);
	if (fclose(out) || rc < 0) {
		remove(a->output);
		fprintf(stderr, "ptpwarden report: %s could not be written whole and is removed. Look "
				"for free space.\n", a->output);
		return RC_FAILED;
	}
	return RC_OK;
}

static int print(struct report *r, const struct args *a)
{
	if (a->redact)
		report_redact(r);
	if (a->output)
		return print_to_file(r, a);
	return report_print(r, form_of(a), stdout) < 0 ? RC_SYSTEM : RC_OK;
}

int report_main(int argc, char **argv)
{
	struct args a = { .words = 0 };
	struct flight_places at;
	struct err err = { 0 };
	static struct report r;	/* with its table of replaced words */
	char *end = NULL;
	long number = 0;
	int rc = args_parse(&spec, argc, argv, &a);

	if (rc)
		return rc;
	if (a.help) {
		args_print_usage(&spec, stdout);
		return RC_OK;
	}
	if (a.words)
		number = strtol(a.word[0], &end, 10);
	if (a.words && (end == a.word[0] || *end || number < 1 || number > UINT32_MAX)) {
		fprintf(stderr, "ptpwarden report: '%.60s' is no number of an incident. "
				"'ptpwarden history' lists them.\n", a.word[0]);
		return RC_USAGE;
	}
	flight_have_written(&a);
	flight_places(&a, &at);
	if (report_open(&r, at.state_dir, at.ring, (uint32_t)number, &err) < 0)
		return say(err.text);
	rc = print(&r, &a);
	report_close(&r);
	return rc;
}
