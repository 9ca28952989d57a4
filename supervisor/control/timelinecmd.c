#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "args.h"
#include "flightfile.h"
#include "local.h"
#include "supervisor/timeline/clock.h"
#include "supervisor/timeline/cursor.h"
#include "supervisor/timeline/listing.h"
#include "supervisor/timeline/screen.h"
#include "verbs.h"

enum { AROUND = 12 };	/* events shown before a moment */

static const struct args_spec spec = {
	.verb = "timeline", .options = "fjrtScT", .words = "[INCIDENT]", .words_max = 1,
	.help = "Steps through what the flight recorder holds: full-screen on a terminal, as lines\n"
		"otherwise or with an option. Works without the supervisor.",
};

static int say(const struct err *err)
{
	fprintf(stderr, "ptpwarden timeline: %s.\n", err->text);
	return RC_FAILED;
}

/* @return place, or a negative exit code that was explained */
static long place_of(const struct reel *r, const char *word)
{
	long place = reel_when(r, word);

	if (place >= 0)
		return place;
	if (place == -ENOENT) {
		fprintf(stderr, "ptpwarden timeline: the recording does not reach back to '%.60s'. "
				"Without a time it shows all there is.\n", word);
		return -RC_FAILED;
	}
	fprintf(stderr, "ptpwarden timeline: '%.60s' is no time. Give -5s, 14:03:05, "
			"\"2026-11-22 14:03\" or #NUMBER.\n", word);
	return -RC_USAGE;
}

static long place_of_incident(const struct reel *r, const char *word)
{
	char *end;
	long number = strtol(word, &end, 10), place;

	if (end == word || *end || number < 1) {
		fprintf(stderr, "ptpwarden timeline: '%.60s' is no number of an incident. "
				"'ptpwarden history' lists them.\n", word);
		return -RC_USAGE;
	}
	place = reel_incident(r, number);
	if (place >= 0)
		return place;
	fprintf(stderr, "ptpwarden timeline: incident %ld is not in this recording. It is older, "
			"or there was none.\n", number);
	return -RC_FAILED;
}

/* "ptp4l.lock", "ptp4l:1.port": the name is what follows the last dot. */
static int show_origin(const struct reel *r, const char *value, unsigned place)
{
	struct cursor *c = malloc(sizeof(*c));
	const char *dot = strrchr(value, '.');
	unsigned tag = dot ? flight_tag_of(dot + 1) : 0;
	char subject[64];
	int rc = RC_OK;

	if (!c)
		return RC_SYSTEM;
	snprintf(subject, sizeof(subject), "%.*s", dot ? (int)(dot - value) : 0, value);
	cursor_start(c, r);
	cursor_go(c, place);
	if (!(tag & TAG_LASTS)) {
		fprintf(stderr, "ptpwarden timeline: '%.60s' is no value. Give one as --at shows them, "
				"such as ptp4l.state or eth0.link.\n", value);
		rc = RC_USAGE;
	} else if (cursor_origin(c, subject, tag) < 0) {
		printf("%s has no value there, or has had it since before the recording begins.\n", value);
		rc = RC_FAILED;
	} else {
		listing_events(r, (struct stretch){ c->place, c->place + 1 }, stdout);
	}
	free(c);
	return rc;
}

/* Everything, when the recording begins later. */
static long since_place(const struct reel *r, const char *word)
{
	return reel_when(r, word) == -ENOENT ? 0 : place_of(r, word);
}

/* What is asked for: from the incident or --since on, up to --at, which has the last word. */
static int choose(const struct reel *r, const struct args *a, struct stretch *s)
{
	long at = a->at ? place_of(r, a->at) : (long)r->n - 1;
	long from = a->since ? since_place(r, a->since) :
		    a->words ? place_of_incident(r, a->word[0]) :
		    a->at ? (at > AROUND ? at - AROUND : 0) : 0;

	if (at < 0 && r->n)
		return (int)-at;
	if (from < 0)
		return (int)-from;
	*s = (struct stretch){ (unsigned)from, (unsigned)(at + 1) };
	return 0;
}

static int show(const struct reel *r, const struct args *a)
{
	struct stretch s;
	int rc = choose(r, a, &s);

	if (rc)
		return rc;
	if (!r->n) {
		fprintf(stderr, "ptpwarden timeline: the recording is empty. It fills when units run.\n");
		return RC_FAILED;
	}
	if (a->changed)
		return show_origin(r, a->changed, s.to - 1);
	if (a->trace) {
		listing_trace(r, s, stdout);
	} else if (a->json) {
		listing_json(r, s, stdout);
	} else {
		listing_events(r, s, stdout);
		listing_state(r, s.to - 1, stdout);
	}
	return fflush(stdout) ? RC_SYSTEM : RC_OK;
}

static bool full_screen(const struct args *a)
{
	return !a->json && !a->trace && !a->at && !a->since && !a->changed &&
	       isatty(STDIN_FILENO) && isatty(STDOUT_FILENO);
}

static int browse(const char *path, const struct args *a, const struct reel *r)
{
	long place = a->words ? place_of_incident(r, a->word[0]) : -1;
	struct err err = { 0 };

	if (a->words && place < 0)
		return (int)-place;
	return screen_run(path, place, &err) < 0 ? say(&err) : RC_OK;
}

int timeline_main(int argc, char **argv)
{
	struct args a = { .words = 0 };
	struct err err = { 0 };
	struct flight_places at;
	struct reel r;
	int rc = args_parse(&spec, argc, argv, &a);

	if (rc)
		return rc;
	if (a.help) {
		args_print_usage(&spec, stdout);
		return RC_OK;
	}
	flight_have_written(&a);
	flight_places(&a, &at);
	if (reel_read(&r, at.ring, &err) < 0)
		return say(&err);
	rc = full_screen(&a) ? browse(at.ring, &a, &r) : show(&r, &a);
	reel_free(&r);
	return rc;
}
