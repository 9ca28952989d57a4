#include "conf/linuxptp/ptpoptions.h"

#include <errno.h>
#include <float.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const struct ptp_option options[] = {
#include "ptpoptions.inc"
};

static bool holds(const struct ptp_option *opt, lp_version version)
{
	return opt->since <= version && (!opt->until || version < opt->until);
}

static int by_name(const void *name, const void *row)
{
	return strcmp(name, ((const struct ptp_option *)row)->name);
}

/* The first of the rows of that name. */
const struct ptp_option *ptp_option_any(const char *name)
{
	const struct ptp_option *opt =
		bsearch(name, options, ARRAY_LEN(options), sizeof(options[0]), by_name);

	while (opt && opt > options && !strcmp(opt[-1].name, name))
		opt--;
	return opt;
}

static bool same_name(const struct ptp_option *opt, const char *name)
{
	return opt < options + ARRAY_LEN(options) && !strcmp(opt->name, name);
}

const struct ptp_option *ptp_option_find(const char *name, lp_version version)
{
	const struct ptp_option *first = ptp_option_any(name);
	lp_version judge = version ? version : LP_NEWEST_RELEASE;

	if (!first)
		return NULL;
	for (const struct ptp_option *opt = first; same_name(opt, name); opt++)
		if (holds(opt, judge))
			return opt;
	return version ? NULL : first;
}

const struct ptp_option *ptp_option_older(const char *name, lp_version version)
{
	for (unsigned i = 0; i < ARRAY_LEN(options); i++) {
		const char *successor = options[i].successor;

		if (successor && !strcmp(successor, name))
			return ptp_option_find(options[i].name, version);
	}
	return NULL;
}

unsigned ptp_option_names(lp_version version, const char *names[LP_NAMES_MAX])
{
	unsigned n = 0;

	_Static_assert(ARRAY_LEN(options) <= LP_NAMES_MAX, "the list of names is too short");
	for (unsigned i = 0; i < ARRAY_LEN(options); i++) {
		const char *name = options[i].name;

		if (ptp_option_find(name, version) == &options[i])
			names[n++] = name;
	}
	return n;
}

static enum ptp_parsed parse_label(const char *labels, const char *text, double *out)
{
	size_t len = strlen(text);

	for (int i = 0; labels; i++) {
		size_t span = strcspn(labels, "|");

		if (span == len && !strncasecmp(labels, text, len)) {
			*out = i;
			return PTP_PARSED_OK;
		}
		labels = labels[span] ? labels + span + 1 : NULL;
	}
	return PTP_BAD_VALUE;
}

/* strtol and strtod as the daemon calls them, so that every oddity is the same: "", " 1", 1e999. */
static enum ptp_parsed parse_number(const struct ptp_option *opt, const char *text, double *out)
{
	char *end;
	double v;

	errno = 0;
	if (opt->type == PTP_DOUBLE)
		v = strtod(text, &end);
	else if (opt->type == PTP_UINT)
		v = (double)strtoul(text, &end, 0);
	else
		v = (double)strtol(text, &end, 0);
	if (end == text || *end)
		return PTP_MALFORMED;
	/* not written as !(v >= min): the daemon lets "nan" pass */
	if (errno == ERANGE || v < opt->min || v > opt->max)
		return PTP_OUT_OF_RANGE;
	*out = v;
	return PTP_PARSED_OK;
}

enum ptp_parsed ptp_value_parse(const struct ptp_option *opt, const char *text,
				struct ptp_value *out)
{
	enum ptp_parsed result = PTP_PARSED_OK;
	double number = 0;

	if (opt->word && !strcasecmp(text, opt->word))
		number = opt->word_value;
	else if (opt->type == PTP_ENUM)
		result = parse_label(opt->labels, text, &number);
	else if (opt->type != PTP_STRING)
		result = parse_number(opt, text, &number);
	if (result == PTP_PARSED_OK)
		*out = (struct ptp_value){ .number = number, .text = text };
	return result;
}

static void list_labels(const char *labels, char *text, size_t size)
{
	size_t n = (size_t)snprintf(text, size, "one of ");

	for (; *labels && n + 3 < size; labels++) {
		text[n++] = *labels == '|' ? ',' : *labels;
		if (*labels == '|')
			text[n++] = ' ';
	}
	text[n] = '\0';
}

static void say_range(const struct ptp_option *opt, char *text, size_t size)
{
	const char *kind = opt->type == PTP_DOUBLE ? "a number" : "a whole number";
	bool low = opt->min > (opt->type == PTP_DOUBLE ? -DBL_MAX : INT_MIN);
	bool high = opt->max < (opt->type == PTP_DOUBLE ? DBL_MAX :
				opt->type == PTP_UINT	? UINT_MAX :
							  INT_MAX);
	int n;

	if (low && high)
		n = snprintf(text, size, "%.10g to %.10g", opt->min, opt->max);
	else if (low)
		n = snprintf(text, size, "%s, %.10g or more", kind, opt->min);
	else if (high)
		n = snprintf(text, size, "%s, %.10g or less", kind, opt->max);
	else
		n = snprintf(text, size, "%s", kind);
	if (opt->word && n > 0 && (size_t)n < size)
		snprintf(text + n, size - (size_t)n, ", or %s", opt->word);
}

void ptp_option_accepts(const struct ptp_option *opt, char *text, size_t size)
{
	if (opt->type == PTP_ENUM)
		list_labels(opt->labels, text, size);
	else if (opt->type == PTP_STRING)
		snprintf(text, size, "any text");
	else
		say_range(opt, text, size);
}

void lp_version_print(lp_version version, char *text, size_t size)
{
	unsigned patch = version & 0xff;

	if (!version)
		snprintf(text, size, "unknown");
	else if (patch == 0xff)
		snprintf(text, size, "after %u.%u", version >> 16, version >> 8 & 0xff);
	else if (patch)
		snprintf(text, size, "%u.%u.%u", version >> 16, version >> 8 & 0xff, patch);
	else
		snprintf(text, size, "%u.%u", version >> 16, version >> 8 & 0xff);
}
