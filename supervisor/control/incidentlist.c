#include "incidentlist.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "local.h"
#include "phrase.h"
#include "places.h"
#include "supervisor/record/incidentfile.h"
#include "verbs.h"

enum { TITLE_COLUMNS = 200 };

_Static_assert((int)INCIDENT_FILE_MAX >= (int)BLOB_BYTES_MAX, "one buffer serves for both");

/* What was kept in memory because the disk refused is newer. */
struct shelf {
	struct disk_folder memory, disk;
	struct incidents list;
	uint8_t *bytes;		/* of the file read last */
};

static ssize_t read_kept(struct shelf *s, const char *name, void *out, size_t size)
{
	ssize_t n = blob_read(&s->memory.disk, name, out, size);

	return n >= 0 ? n : blob_read(&s->disk.disk, name, out, size);
}

static int shelf_open(struct shelf *s, const struct places *at)
{
	struct blob b;
	ssize_t n;

	disk_folder_init(&s->memory, at->run_dir);
	disk_folder_init(&s->disk, at->state_dir);
	s->bytes = malloc(INCIDENT_FILE_MAX);
	if (!s->bytes)
		return -ENOMEM;
	n = read_kept(s, "incidents.state", s->bytes, BLOB_BYTES_MAX);
	if (n == -EACCES || n == -EPERM)
		return (int)n;
	if (n > 0 && blob_decode(s->bytes, (size_t)n, "incidents", &b) == BLOB_GOOD &&
	    b.version == INCIDENTS_VERSION && incidents_decode(&s->list, b.content, b.len))
		return 0;
	incidents_load(&s->list, &s->disk.disk, NULL, 0);
	return 0;
}

static void shelf_close(struct shelf *s)
{
	disk_folder_release(&s->memory);
	disk_folder_release(&s->disk);
	free(s->bytes);
}

/* The texts lie in s->bytes. False: there is no sound file of it. */
static bool read_texts(struct shelf *s, uint32_t number, struct incident_texts *t)
{
	char name[DISK_NAME_MAX];
	struct kept_incident i;
	ssize_t n;

	incident_file_name(name, number);
	n = read_kept(s, name, s->bytes, INCIDENT_FILE_MAX);
	return n > 0 && incident_file_decode(s->bytes, (size_t)n, number, &i, t);
}

static const char *date(int64_t seconds, const char *form, char out[32])
{
	time_t at = (time_t)seconds;
	struct tm tm;

	if (!localtime_r(&at, &tm) || !strftime(out, 32, form, &tm))
		strcpy(out, "?");
	return out;
}

/* --- lists --- */

static void print_row(struct shelf *s, const struct kept_incident *i)
{
	struct incident_texts texts;
	char when[32], age[32], line[2 * TITLE_COLUMNS], title[TITLE_COLUMNS];
	struct text a = text_in(age, sizeof(age)), safe = text_in(title, sizeof(title));
	struct text t = text_in(line, sizeof(line));

	phrase_age(&a, i->lasted_ms);
	printf("%6u  %-10s %s  %8s%s %5u\n", (unsigned)i->number, i->unit,
	       date(i->opened, "%Y-%m-%d %H:%M:%S", when), age, i->closed ? " " : "+",
	       (unsigned)i->repeats + 1);
	if (!read_texts(s, i->number, &texts))
		texts.title = "what it was is lost: its file is gone or damaged";
	text_add_escaped(&safe, texts.title, strlen(texts.title));
	phrase_wrap(&t, 8, title);
	fputs(line, stdout);
}

static void print_json_row(struct shelf *s, const struct kept_incident *i, bool first)
{
	struct incident_texts texts;
	char room[2048];
	struct text t = text_in(room, sizeof(room));
	bool readable = read_texts(s, i->number, &texts);

	text_add(&t, "%s\n{\"number\":%u,\"unit\":", first ? "" : ",", (unsigned)i->number);
	text_add_json(&t, i->unit);
	text_add(&t, ",\"signature\":\"%08x-%08x\",\"opened\":%lld,\"closed\":",
		 (unsigned)(i->signature >> 32), (unsigned)i->signature,
		 (long long)i->opened);
	text_add(&t, i->closed ? "%lld" : "null", (long long)i->closed);
	text_add(&t, ",\"lasted_ms\":%u,\"without_lock_ms\":%u,\"times\":%u,\"title\":",
		 (unsigned)i->lasted_ms, (unsigned)i->unlocked_ms, (unsigned)i->repeats + 1);
	text_add_json(&t, readable ? texts.title : NULL);
	printf("%s,\"course\":%s}", room, readable ? texts.course : "[]");
}

static int refused(const struct places *at, int rc)
{
	fprintf(stderr, "ptpwarden: %s cannot be read: %s. Ask as root.\n", at->state_dir,
		strerror(-rc));
	return RC_FAILED;
}

int incident_list(const struct places *at, bool json)
{
	struct shelf s = { .bytes = NULL };
	int rc = shelf_open(&s, at);

	if (json)
		putchar('[');
	else if (rc == 0 && s.list.n)
		puts("NUMBER  UNIT       OPENED                 LASTED  TIMES");
	for (unsigned i = 0; rc == 0 && i < s.list.n; i++) {
		if (json)
			print_json_row(&s, &s.list.at[i], i == 0);
		else
			print_row(&s, &s.list.at[i]);
	}
	if (json)
		putchar(']');
	shelf_close(&s);
	return rc < 0 ? rc : (int)s.list.n;
}

/* --- one of them --- */

static void print_head(const struct kept_incident *i)
{
	char when[32], age[32], line[256], out[512];
	struct text a = text_in(age, sizeof(age)), l = text_in(line, sizeof(line));
	struct text o = text_in(out, sizeof(out));

	phrase_age(&a, i->lasted_ms);
	text_add(&l, "Incident %u of %s, opened %s, %s %s", (unsigned)i->number, i->unit,
		 date(i->opened, "%Y-%m-%d %H:%M:%S", when),
		 i->closed ? "over after" : "not over; reported last after", age);
	a = text_in(age, sizeof(age));
	phrase_age(&a, i->unlocked_ms);
	text_add(&l, ", without lock for %s", age);
	if (i->repeats)
		text_add(&l, ", happened %u times", (unsigned)i->repeats + 1);
	text_add(&l, ".");
	phrase_wrap(&o, 0, line);
	fputs(out, stdout);
}

static int rc_of(const char *diagnosis)
{
	if (strstr(diagnosis, "\"verdict\":\"cause\""))
		return RC_CAUSE;
	return strstr(diagnosis, "\"verdict\":\"healthy\"") ? RC_FINE : RC_UNKNOWN;
}

static int tell(struct shelf *s, uint32_t number, bool json)
{
	const struct kept_incident *i = incidents_find(&s->list, number);
	struct incident_texts t;

	if (!i) {
		fprintf(stderr, "ptpwarden why: incident %u is not kept; `ptpwarden history` lists those "
			"that are.\n", (unsigned)number);
		return RC_UNKNOWN;
	}
	if (!read_texts(s, number, &t)) {
		fprintf(stderr, "ptpwarden why: the file of incident %u is gone or damaged.\n",
			(unsigned)number);
		return RC_UNKNOWN;
	}
	if (json) {
		fputs(t.diagnosis, stdout);
		return rc_of(t.diagnosis);
	}
	print_head(i);
	fputs(t.text, stdout);
	return rc_of(t.diagnosis);
}

int history_why(const char *file, uint32_t number, bool json)
{
	struct shelf s = { .bytes = NULL };
	struct places at;
	int rc;

	places_find(file, &at);
	rc = shelf_open(&s, &at);
	rc = rc < 0 ? refused(&at, rc) : tell(&s, number, json);
	shelf_close(&s);
	return rc;
}
