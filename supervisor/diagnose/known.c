/* Gathers what is known and derives what follows directly from the log. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "evidence.h"

static void derive(struct known *k, const char *name, const char *value)
{
	struct fact *f;

	if (!*value || known_value(k, name) || k->derived_n == DERIVED_MAX)
		return;
	f = &k->derived[k->derived_n++];
	*f = (struct fact){ .source = "log", .at = MSEC_NONE, .known = true };
	snprintf(f->name, sizeof(f->name), "%s", name);
	snprintf(f->value, sizeof(f->value), "%s", value);
}

static void derive_number(struct known *k, const char *name, double value)
{
	char room[32];

	snprintf(room, sizeof(room), "%.0f", value);
	derive(k, name, room);
}

/* A field of the catalogue that is called like a fact is that fact. */
static void derive_fields(struct known *k, const struct log_seen *seen)
{
	const struct catalogue *c = k->rules->catalogue;
	const struct catalogue_pattern *p = &c->pattern[seen->pattern];

	for (unsigned i = 0; i < p->fields_n; i++) {
		const char *name = c->pool + c->field[p->fields + i];
		const char *value = strchr(name, '.') ?
			log_seen_field(k->rules, seen, name, strlen(name)) : NULL;

		if (value)
			derive(k, name, value);
	}
}

static bool telling(enum offset_shape shape)
{
	return shape != SHAPE_NONE && shape != SHAPE_QUIET;
}

static void derive_series(struct known *k)
{
	const struct series *s = k->log->series;
	const struct series *of = &s[SERIES_PTP4L];

	if (!of->n || (!telling(series_shape(of)) && s[SERIES_LOCAL].n))
		of = &s[SERIES_LOCAL];
	if (!of->n)
		return;
	derive(k, "offset.shape", offset_shape_name(series_shape(of)));
	derive(k, "offset.by", of == s ? "ptp4l" : "phc2sys");
	derive(k, "offset.locked", of->run ? "yes" : "no");
	derive_number(k, "offset.samples", of->n);
	derive_number(k, "offset.mean_ns", series_mean(of));
	derive_number(k, "offset.abs_ms", series_mean(of) < 0 ? -series_mean(of) / 1e6 :
						   series_mean(of) / 1e6);
	derive_number(k, "offset.freq_ppb", of->freq);
	derive_number(k, "offset.relocks", of->relocks);
	if (of->settled)
		derive_number(k, "offset.sigma_ns", series_sigma(of));
	if (of->delays)
		derive_number(k, "offset.delay_ns", series_delay(of));
	derive(k, "offset.freq_pinned", of->pinned >= 2 ? "yes" : "no");
	if (series_trend(of))
		derive(k, "offset.trend", series_trend(of) > 0 ? "growing" : "shrinking");
	derive(k, "offset.epoch_seen", of->epoch ? "yes" : "no");
}

/* Port prefixes tell old and new programs apart even when nobody asked for the version. */
static void derive_version(struct known *k)
{
	const char *version = k->log->port_named ? "4.0" : k->log->port_plain ? "3.1.1" : "";
	const char *given = known_value(k, "ptp4l.version");

	derive(k, "tool.version", given ? given : version);
	given = known_value(k, "tool.version");
	derive(k, "ptp4l.version", given ? given : "");
}

/* Offsets that were reported and not read from a log. */
static void derive_reported(struct known *k)
{
	const char *mean = known_value(k, "offset.mean_ns"), *freq = known_value(k, "offset.freq_ppb");
	const char *tool = known_value(k, "tool.name");
	double v = mean ? strtod(mean, NULL) : 0;

	if (known_value(k, "offset.shape")) {
		derive(k, "offset.reported", "yes");
		derive(k, "offset.by", tool ? tool : "");
	}
	if (mean)
		derive_number(k, "offset.abs_ms", v < 0 ? -v / 1e6 : v / 1e6);
	v = freq ? strtod(freq, NULL) : 0;
	if (freq)
		derive(k, "offset.freq_pinned", v > 400000 || v < -400000 ? "yes" : "no");
}

void known_init(struct known *k, const struct rulebase *rules, const struct facts *facts,
		const struct log_digest *log, msec_t now)
{
	k->rules = rules;
	k->facts = facts;
	k->log = log && log->lines ? log : NULL;
	k->now = now;
	k->supposed = NULL;
	k->derived_n = 0;
	derive_reported(k);
	if (!k->log)
		return;
	for (unsigned i = 0; i < k->log->seen_n; i++)
		derive_fields(k, &k->log->seen[i]);
	derive(k, "iface.name", k->log->iface);
	derive(k, "output.unknown", k->log->last_unknown);
	derive_series(k);
	derive_version(k);
}

const struct fact *known_fact(const struct known *k, const char *name)
{
	const struct fact *given = k->facts ? facts_get(k->facts, name) : NULL;

	if (k->supposed && !strcmp(k->supposed->name, name))
		return k->supposed;
	if (given && given->known)
		return given;
	for (unsigned i = 0; i < k->derived_n; i++)
		if (!strcmp(k->derived[i].name, name))
			return &k->derived[i];
	return given;
}

const char *known_value(const struct known *k, const char *name)
{
	const struct fact *f = known_fact(k, name);

	return f && f->known ? f->value : NULL;
}

const struct log_seen *known_seen(const struct known *k, uint16_t message)
{
	return k->log ? log_digest_find(k->log, message) : NULL;
}

/* "log.ID.field": the longest id that fits. */
static const char *log_value(const struct known *k, const char *name, size_t len)
{
	const struct catalogue *c = k->rules->catalogue;

	for (size_t n = len; n-- > 0;) {
		const struct log_seen *seen;
		uint16_t message;

		if (name[n] != '.')
			continue;
		message = catalogue_find(c, name, n);
		seen = message == MESSAGE_NONE ? NULL : known_seen(k, message);
		if (seen)
			return log_seen_field(k->rules, seen, name + n + 1, len - n - 1);
	}
	return NULL;
}

static const char *named_value(const struct known *k, const char *name, size_t len)
{
	char room[FACT_NAME_MAX];

	if (len > 4 && !memcmp(name, "log.", 4))
		return log_value(k, name + 4, len - 4);
	if (len >= sizeof(room))
		return NULL;
	memcpy(room, name, len);
	room[len] = '\0';
	return known_value(k, room);
}

/* A last alternative that looks like a fact is none that could be shown. */
static bool literal(const char *at, size_t len)
{
	bool dot = false;

	for (size_t i = 0; i < len; i++) {
		if (at[i] == ' ' || at[i] == '/')
			return true;
		dot |= at[i] == '.';
	}
	return !dot;
}

/* "a|b|literal" between braces; false when nothing of it is known. */
static bool fill_one(const struct known *k, const char *at, size_t len, struct text *out)
{
	const char *end = at + len;

	while (at < end) {
		const char *bar = memchr(at, '|', (size_t)(end - at));
		size_t n = (size_t)((bar ? bar : end) - at);
		const char *value = named_value(k, at, n);

		if (value) {
			text_add_escaped(out, value, strlen(value));
			return true;
		}
		if (!bar && literal(at, n))
			text_add(out, "%.*s", (int)n, at);
		if (!bar)
			return false;
		at = bar + 1;
	}
	return false;
}

/* Fills up to `end`; false when a field of it is not known. */
static bool fill(const struct known *k, const char *s, const char *end, struct text *out)
{
	bool all = true;

	while (s < end) {
		const char *open = memchr(s, '{', (size_t)(end - s));
		const char *close = open ? memchr(open, '}', (size_t)(end - open)) : NULL;

		if (!close) {
			text_add(out, "%.*s", (int)(end - s), s);
			return all;
		}
		text_add(out, "%.*s", (int)(open - s), s);
		all &= fill_one(k, open + 1, (size_t)(close - open - 1), out);
		s = close + 1;
	}
	return all;
}

void known_fill(const struct known *k, const char *template, struct text *out)
{
	for (const char *s = template; *s;) {
		size_t plain = strcspn(s, "<");
		const char *close = s[plain] ? strchr(s + plain, '>') : NULL;
		size_t before;

		if (!close)
			plain = strlen(s);
		fill(k, s, s + plain, out);
		s += plain;
		if (!close)
			return;
		before = out->len;
		if (!fill(k, s + 1, close, out)) {
			out->len = before;
			out->at[before] = '\0';
		}
		s = close + 1;
	}
}
