#include "incidentfile.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TEXTS = 4, VERSION_OF_FILE = 1 };

static void name_of(char out[BLOB_NAME_MAX], uint32_t number)
{
	snprintf(out, BLOB_NAME_MAX, "%u", (unsigned)number);
}

void incident_file_name(char out[DISK_NAME_MAX], uint32_t number)
{
	char name[BLOB_NAME_MAX];

	name_of(name, number);
	blob_file_name(out, name, "incident");
}

uint32_t incident_file_number(const char *name)
{
	char *end;
	unsigned long number = strtoul(name, &end, 10);

	return name[0] >= '1' && name[0] <= '9' && number < UINT32_MAX && !strcmp(end, ".incident")
	       ? (uint32_t)number : 0;
}

static size_t add(uint8_t *out, size_t at, const char *text)
{
	size_t len = strlen(text) + 1;

	if (at + len > INCIDENT_ENTRY_BYTES + INCIDENT_TEXTS_MAX)
		return 0;
	memcpy(out + at, text, len);
	return at + len;
}

size_t incident_file_encode(const struct kept_incident *i, const struct incident_texts *t,
			    uint8_t *out)
{
	const char *const text[TEXTS] = { t->title, t->text, t->course, t->diagnosis };
	uint8_t *content = out + BLOB_HEAD;
	struct blob b = { .version = VERSION_OF_FILE };
	size_t len = INCIDENT_ENTRY_BYTES;

	incident_entry_encode(i, content);
	for (unsigned k = 0; k < TEXTS && len; k++)
		len = add(content, len, text[k]);
	if (!len)
		return 0;
	name_of(b.name, i->number);
	b.content = content;
	b.len = len;
	return blob_encode(&b, out);
}

bool incident_file_decode(const uint8_t *bytes, size_t len, uint32_t number,
			  struct kept_incident *i, struct incident_texts *t)
{
	const char **const text[TEXTS] = { &t->title, &t->text, &t->course, &t->diagnosis };
	char name[BLOB_NAME_MAX];
	struct blob b;
	size_t at = INCIDENT_ENTRY_BYTES;

	name_of(name, number);
	if (blob_decode(bytes, len, name, &b) != BLOB_GOOD || b.version != VERSION_OF_FILE ||
	    !incident_entry_decode(i, b.content, b.len))
		return false;
	for (unsigned k = 0; k < TEXTS; k++) {
		const char *start = (const char *)b.content + at;
		const char *end = memchr(start, '\0', b.len - at);

		if (!end)
			return false;
		*text[k] = start;
		at += (size_t)(end - start) + 1;
	}
	return true;
}

/* --- a list that was lost --- */

struct recovery {
	struct incidents *list;
	struct disk *disk;
	uint8_t *buf;
};

static void recover(void *owner, const char *name)
{
	struct recovery *r = owner;
	uint32_t number = incident_file_number(name);
	struct kept_incident i;
	struct incident_texts t;
	ssize_t n;

	if (!number)
		return;
	if (number >= r->list->next && number < UINT32_MAX)
		r->list->next = number + 1;
	n = blob_read(r->disk, name, r->buf, INCIDENT_FILE_MAX);
	if (n > 0 && incident_file_decode(r->buf, (size_t)n, number, &i, &t))
		incidents_recover(r->list, &i);
}

void incidents_load(struct incidents *s, struct disk *d, const void *list, size_t len)
{
	struct recovery r = { .list = s, .disk = d };

	incidents_init(s);
	if (list && incidents_decode(s, list, len))
		return;
	r.buf = malloc(INCIDENT_FILE_MAX);
	if (r.buf)
		(void)d->ops->list(d, recover, &r);
	free(r.buf);
}
