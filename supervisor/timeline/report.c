#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "clock.h"
#include "notetext.h"
#include "report_private.h"

enum { BEFORE_S = 60, AFTER_NOTES = 12 };

/* --- finding it --------------------------------------------------------------------------- */

static void take_newer(void *owner, const char *name)
{
	uint32_t *newest = owner, number = incident_file_number(name);

	if (number > *newest)
		*newest = number;
}

static int read_incident(struct report *r, const char *folder, uint32_t number, struct err *err)
{
	struct disk_folder f;
	char name[DISK_NAME_MAX];
	ssize_t len;
	int rc = 0;

	disk_folder_init(&f, folder);
	if (!number)
		rc = f.disk.ops->list(&f.disk, take_newer, &number);
	incident_file_name(name, number);
	len = rc < 0 ? rc : !number ? -ENOENT :
	      blob_read(&f.disk, name, r->bytes, INCIDENT_FILE_MAX);
	disk_folder_release(&f);
	if (len == -ENOENT && !number)
		return err_set(err, ENOENT, "no incident is kept in %s: nothing has failed yet", folder);
	if (len == -ENOENT)
		return err_set(err, ENOENT, "incident %u is not kept in %s; 'ptpwarden history' lists "
			       "those that are", (unsigned)number, folder);
	if (len < 0)
		return err_set(err, (int)-len, "cannot read %s/%s: %s", folder, name, strerror((int)-len));
	if (!incident_file_decode(r->bytes, (size_t)len, number, &r->incident, &r->texts))
		return err_set(err, EINVAL, "%s/%s is damaged; choose another incident", folder, name);
	return 0;
}

/* The last note about the incident: that it is over, or the newest word of it. */
static unsigned end_of(const struct report *r, unsigned opened)
{
	struct tape_note note;
	struct flight_field f;
	unsigned last = opened;

	for (unsigned k = opened; k < r->reel.n; k++)
		if (tape_note(&r->reel.tape, r->reel.shown[k], &note) && note.kind == FLIGHT_INCIDENT &&
		    tape_field(&note, TAG_NUMBER_OF, &f) &&
		    flight_number(&f) == (long)r->incident.number)
			last = k;
	return r->incident.closed ? last : r->reel.n - 1;
}

static void find_stretch(struct report *r)
{
	long opened = reel_incident(&r->reel, (long)r->incident.number);
	struct tape_note note, before;
	unsigned from, to;

	if (opened < 0 || !tape_note(&r->reel.tape, r->reel.shown[opened], &note)) {
		r->reel.n = 0;	/* the recording is of another time */
		return;
	}
	for (from = (unsigned)opened; from > 0; from--)
		if (!tape_note(&r->reel.tape, r->reel.shown[from - 1], &before) ||
		    before.boot != note.boot || before.at_ns < note.at_ns - BEFORE_S * 1000000000ll)
			break;
	to = end_of(r, (unsigned)opened) + 1 + AFTER_NOTES;
	r->stretch = (struct stretch){ from, to < r->reel.n ? to : r->reel.n };
}

int report_open(struct report *r, const char *folder, const char *ring, uint32_t number,
		struct err *err)
{
	struct err no_recording;
	int rc;

	*r = (struct report){ .bytes = malloc(INCIDENT_FILE_MAX) };
	rc = r->bytes ? read_incident(r, folder, number, err) : err_set(err, ENOMEM, "out of memory");
	if (rc < 0) {
		report_close(r);
		return rc;
	}
	if (reel_read(&r->reel, ring, &no_recording) == 0)
		find_stretch(r);
	if (gethostname(r->host, sizeof(r->host) - 1) < 0)
		r->host[0] = '\0';
	redact_start(&r->redact, false, NULL);
	return 0;
}

void report_close(struct report *r)
{
	reel_free(&r->reel);
	free(r->bytes);
	r->bytes = NULL;
}

void report_redact(struct report *r)
{
	redact_start(&r->redact, true, r->host);
}

/* --- pieces ------------------------------------------------------------------------------- */

void report_say(struct report *r, const char *text, FILE *out)
{
	/* a name in place of a short address may be longer than that */
	size_t size = 2 * strlen(text) + 64;
	char *copy = malloc(size);

	if (!copy)
		return;
	redact_copy(&r->redact, text, copy, size);
	fputs(copy, out);
	free(copy);
}

bool report_shows(const struct tape_note *note)
{
	return note->kind != FLIGHT_OFFSETS && note->kind != FLIGHT_SAMPLES;
}

bool report_event(struct report *r, unsigned place, char *line, size_t size)
{
	char room[NOTE_TEXT_MAX];
	struct text t = text_in(room, sizeof(room));
	struct tape_note note;

	if (!tape_note(&r->reel.tape, r->reel.shown[place], &note) || !report_shows(&note))
		return false;
	clock_of_day(&r->reel.tape, r->reel.shown[place], &t);
	text_add(&t, " ");
	note_subject(&note, &t);
	text_add(&t, ": ");
	note_line(&note, &t);
	redact_copy(&r->redact, room, line, size);
	return true;
}

void report_when(int64_t seconds, char *out, size_t size)
{
	time_t s = (time_t)seconds;
	struct tm tm;

	if (!seconds || !localtime_r(&s, &tm) || !strftime(out, size, "%Y-%m-%d %H:%M:%S", &tm))
		snprintf(out, size, "still going on");
}

/* --- text and JSON ------------------------------------------------------------------------ */

static void text_form(struct report *r, FILE *out)
{
	const struct kept_incident *i = &r->incident;
	char opened[32], closed[32], line[NOTE_TEXT_MAX];
	unsigned shown = 0;

	report_when(i->opened, opened, sizeof(opened));
	report_when(i->closed, closed, sizeof(closed));
	fprintf(out, "Incident %u of unit %s on %s\n", (unsigned)i->number, i->unit,
		r->redact.on ? "HOST" : r->host);
	fprintf(out, "opened %s, over %s, %u repeats, %.1f s without lock\n\n", opened, closed,
		(unsigned)i->repeats, i->unlocked_ms / 1000.0);
	report_say(r, r->texts.text, out);
	fputs("\nWhat happened around it:\n", out);
	if (!r->reel.n)
		fputs("  the recording does not reach back to it\n", out);
	for (unsigned k = r->stretch.from; k < r->stretch.to && shown < REPORT_EVENTS_MAX; k++)
		if (report_event(r, k, line, sizeof(line))) {
			fprintf(out, "%s\n", line);
			shown++;
		}
	fprintf(out, "\nMade by ptpwarden %s\n", VERSION);
}

static void json_string(struct report *r, const char *s, FILE *out)
{
	size_t size = 2 * strlen(s) + 64;
	char *copy = malloc(size), *room = malloc(6 * size);
	struct text t;

	if (copy && room) {
		redact_copy(&r->redact, s, copy, size);
		t = text_in(room, 6 * size);
		text_add_json(&t, copy);
		fputs(room, out);
	} else {
		fputs("null", out);
	}
	free(copy);
	free(room);
}

static void json_form(struct report *r, FILE *out)
{
	const struct kept_incident *i = &r->incident;
	char line[NOTE_TEXT_MAX];
	unsigned shown = 0;

	fprintf(out, "{\"schema\":\"ptpwarden.report/1\",\"version\":\"%s\",\"incident\":{\"number\":%u,"
		"\"unit\":", VERSION, (unsigned)i->number);
	json_string(r, i->unit, out);
	fprintf(out, ",\"signature\":\"%016llx\",\"opened\":%lld,\"closed\":", (unsigned long long)i->signature,
		(long long)i->opened);
	if (i->closed)
		fprintf(out, "%lld", (long long)i->closed);
	else
		fputs("null", out);
	fprintf(out, ",\"repeats\":%u,\"unlocked_ms\":%u},\"title\":", (unsigned)i->repeats,
		(unsigned)i->unlocked_ms);
	json_string(r, r->texts.title, out);
	fputs(",\"text\":", out);
	json_string(r, r->texts.text, out);
	fputs(",\"course\":", out);
	report_say(r, *r->texts.course ? r->texts.course : "[]", out);
	fputs(",\"diagnosis\":", out);
	report_say(r, *r->texts.diagnosis ? r->texts.diagnosis : "null", out);
	fputs(",\"events\":[", out);
	for (unsigned k = r->stretch.from; k < r->stretch.to && shown < REPORT_EVENTS_MAX; k++)
		if (report_event(r, k, line, sizeof(line))) {
			fputs(shown++ ? "," : "", out);
			json_string(r, line, out);
		}
	fputs("]}\n", out);
}

int report_print(struct report *r, enum report_form form, FILE *out)
{
	switch (form) {
	case REPORT_TEXT: text_form(r, out); break;
	case REPORT_HTML: report_html(r, out); break;
	case REPORT_JSON: json_form(r, out); break;
	}
	return fflush(out) || ferror(out) ? -EIO : 0;
}
