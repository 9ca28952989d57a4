#include <string.h>

#include "notetext.h"
#include "supervisor/record/samples.h"

/* How a field reads within a line; a tag that is not here reads "name value". */
static const struct reading {
	unsigned tag;
	const char *before, *after;
} readings[] = {
	{ TAG_EVENT, "", "" },		{ TAG_ACTIONS, "then ", "" },	{ TAG_BECAUSE, "because ", "" },
	{ TAG_TEXT, "", "" },		{ TAG_ID, "", "" },		{ TAG_RESULT, "result ", "" },
	{ TAG_WHO, "by ", "" },		{ TAG_VERB, "", "" },		{ TAG_FROM, "from ", "" },
	{ TAG_STATE, "state ", "" },	{ TAG_WAITING, "waiting for ", "" },
	{ TAG_WHY_NOT, "not ready: ", "" }, { TAG_LAST_EXIT, "ended with ", "" },
	{ TAG_PORT, "port ", "" },	{ TAG_LOCK, "", "" },		{ TAG_LINK, "", "" },
};

/* Bytes for programs. */
static bool is_packed(unsigned tag)
{
	return tag == TAG_SAMPLES || tag == TAG_MINUTES || tag == TAG_BOOT_ID;
}

/* Said when it is so; that it is not so is no news. */
static bool is_quiet(const struct flight_field *f)
{
	return !f->len && (!(f->tag & TAG_LASTS) || f->tag == TAG_ALTERNATE_NAME ||
			   f->tag == TAG_WHY_NOT || f->tag == TAG_WAITING);
}

/* Offsets in brief: how many and between what. */
static void add_offsets(const struct tape_note *note, struct text *out)
{
	struct flight_field f;
	struct sample_minute m;
	struct sample s;
	long long least = INT32_MAX, most = INT32_MIN;
	unsigned n = 0;
	size_t at = 0;
	msec_t when;

	while (flight_next(note->bytes, note->len, &at, &f)) {
		for (unsigned i = 0; f.tag == TAG_SAMPLES && samples_read(&f, i, 0, &when, &s); i++, n++) {
			least = s.offset_ns < least ? s.offset_ns : least;
			most = s.offset_ns > most ? s.offset_ns : most;
		}
		for (unsigned i = 0; f.tag == TAG_MINUTES && samples_read_minute(&f, i, 0, &m); i++) {
			least = m.least < least ? m.least : least;
			most = m.most > most ? m.most : most;
			n += m.n;
		}
	}
	if (n)
		text_add(out, " %u of them, %lld to %lld ns", n, least, most);
}

void note_value(const struct flight_field *f, struct text *out)
{
	if (!(f->tag & TAG_NUMBER))
		text_add_escaped(out, (const char *)f->value, f->len);
	else if (f->tag == TAG_READY)
		text_add(out, "%s", flight_number(f) ? "yes" : "no");
	else if (f->tag == TAG_OFFSET_NS)
		text_add(out, "%lld ns", (long long)flight_number(f));
	else
		text_add(out, "%lld", (long long)flight_number(f));
}

void note_subject(const struct tape_note *note, struct text *out)
{
	struct flight_field f;

	if (tape_field(note, TAG_SUBJECT, &f) && f.len)
		text_add_escaped(out, (const char *)f.value, f.len);
	else
		text_add(out, "ptpwarden");
}

static const struct reading *reading_of(unsigned tag)
{
	for (size_t i = 0; i < ARRAY_LEN(readings); i++)
		if (readings[i].tag == tag)
			return &readings[i];
	return NULL;
}

static void add_field(struct text *out, const struct flight_field *f)
{
	const struct reading *r = reading_of(f->tag);

	if (!r)
		text_add(out, "%s ", flight_tag_name(f->tag));
	else
		text_add(out, "%s", r->before);
	if (f->len)
		note_value(f, out);
	else
		text_add(out, "none");	/* a lasting value that is no longer */
	if (r)
		text_add(out, "%s", r->after);
}

void note_line(const struct tape_note *note, struct text *out)
{
	struct flight_field f;
	unsigned subjects = 0, told = 0;
	size_t at = 0;

	text_add(out, "%s", flight_kind_name(note->kind));
	while (flight_next(note->bytes, note->len, &at, &f)) {
		if (is_packed(f.tag) || is_quiet(&f))
			continue;
		if (f.tag != TAG_SUBJECT) {
			text_add(out, "%s", told++ ? ", " : " ");
			add_field(out, &f);
		} else if (subjects++) {	/* the first one has a column of its own */
			text_add(out, "; ");
			note_value(&f, out);
			told = 0;
		}
	}
	if (note->kind == FLIGHT_OFFSETS || note->kind == FLIGHT_SAMPLES)
		add_offsets(note, out);
}

void note_fields(const struct tape_note *note, struct text *out)
{
	struct flight_field f;
	size_t at = 0;

	while (flight_next(note->bytes, note->len, &at, &f)) {
		text_add(out, "%-15s ", flight_tag_name(f.tag));
		if (is_packed(f.tag))
			text_add(out, "%u bytes", (unsigned)f.len);
		else if (f.len)
			note_value(&f, out);
		else
			text_add(out, "none");
		text_add(out, "\n");
	}
}

/* --- JSON ------------------------------------------------------------------------------- */

static void json_value(const struct flight_field *f, struct text *out)
{
	char copy[FLIGHT_FIELD_MAX + 1];

	if (f->tag == TAG_READY && f->len) {
		text_add(out, "%s", flight_number(f) ? "true" : "false");
	} else if (!f->len) {
		text_add(out, "null");
	} else if (f->tag & TAG_NUMBER) {
		text_add(out, "%lld", (long long)flight_number(f));
	} else {
		memcpy(copy, f->value, f->len);
		copy[f->len] = '\0';
		text_add_json(out, copy);
	}
}

static void json_fields(const struct tape_note *note, struct text *out)
{
	struct flight_field f;
	unsigned subjects = 0;
	size_t at = 0;

	while (flight_next(note->bytes, note->len, &at, &f)) {
		if (is_packed(f.tag))
			continue;
		if (f.tag == TAG_SUBJECT)
			text_add(out, "%s{\"subject\":", subjects++ ? "}," : "");
		else if (!subjects++)
			text_add(out, "{\"subject\":null,\"%s\":", flight_tag_name(f.tag));
		else
			text_add(out, ",\"%s\":", flight_tag_name(f.tag));
		json_value(&f, out);
	}
	text_add(out, "%s", subjects ? "}" : "");
}

void note_json(const struct tape_note *note, int64_t wall, struct text *out)
{
	text_add(out, "{\"seq\":%llu,\"boot\":\"%08x\",\"at_ms\":%lld,\"wall_ms\":",
		 (unsigned long long)note->seq, (unsigned)note->boot,
		 (long long)(note->at_ns / 1000000));
	if (wall)
		text_add(out, "%lld", (long long)wall);
	else
		text_add(out, "null");
	text_add(out, ",\"lost\":%llu,\"kind\":\"%s\",\"about\":[", (unsigned long long)note->lost,
		 flight_kind_name(note->kind));
	json_fields(note, out);
	text_add(out, "]}");
}
