#include "kept.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "conf/linuxptp/command.h"
#include "supervisor/record/blob.h"

enum { TIMES_MAX = 20 };	/* more of the same line say no more */

bool kept_piece(const char *state_dir, const char *name, char *room, size_t size)
{
	uint8_t *bytes = malloc(BLOB_BYTES_MAX);
	struct disk_folder folder;
	char file[DISK_NAME_MAX];
	struct blob b = { .len = 0 };
	ssize_t n = -1;
	bool good = false;

	disk_folder_init(&folder, state_dir);
	blob_file_name(file, name, "state");
	if (bytes)
		n = blob_read(&folder.disk, file, bytes, BLOB_BYTES_MAX);
	if (n > 0 && blob_decode(bytes, (size_t)n, name, &b) == BLOB_GOOD)
		good = b.len && b.len <= size && !((const char *)b.content)[b.len - 1];
	if (good)
		memcpy(room, b.content, b.len);
	disk_folder_release(&folder);
	free(bytes);
	return good;
}

/* "UNIT\tPROGRAM\tSYMPTOMS\n" and the list */
static bool take_apart(struct kept *k, char *text)
{
	char *program = strchr(text, '\t'), *symptoms = program ? strchr(program + 1, '\t') : NULL;
	char *list = symptoms ? strchr(symptoms + 1, '\n') : NULL;

	if (!list)
		return false;
	*program++ = *symptoms++ = *list++ = '\0';
	snprintf(k->unit, sizeof(k->unit), "%s", text);
	snprintf(k->program, sizeof(k->program), "%s", program);
	snprintf(k->symptoms, sizeof(k->symptoms), "%s", symptoms);
	k->list = list;
	return true;
}

static int is_kept(const struct dirent *e)
{
	size_t len = strlen(e->d_name), begin = strlen(UNKNOWN_PIECE);

	return len == begin + 17 + 6 && !strncmp(e->d_name, UNKNOWN_PIECE, begin) &&
	       !strcmp(e->d_name + len - 6, ".state");
}

int kept_each(const char *state_dir, void (*fn)(void *owner, const struct kept *k), void *owner)
{
	struct dirent **names;
	int n = scandir(state_dir, &names, is_kept, alphasort), found = 0;
	char *room = malloc(BLOB_CONTENT_MAX);

	for (int i = 0; i < n; i++) {
		struct kept k = { .list = NULL };
		char name[BLOB_NAME_MAX];

		snprintf(name, sizeof(name), "%.*s", (int)(strlen(names[i]->d_name) - 6),
			 names[i]->d_name);
		snprintf(k.signature, sizeof(k.signature), "%.17s", name + strlen(UNKNOWN_PIECE));
		if (room && kept_piece(state_dir, name, room, BLOB_CONTENT_MAX) &&
		    take_apart(&k, room)) {
			fn(owner, &k);
			found++;
		}
		free(names[i]);
	}
	free(room);
	if (n < 0)
		return -errno;
	free(names);
	return found;
}

unsigned kept_times(const struct factline *f, int *len)
{
	const char *end = f->value + f->value_len, *at = end;
	unsigned n = 1;

	*len = f->value_len;
	while (at > f->value && *at != '(')
		at--;
	if (at == f->value || at[-1] != ' ' || end - at < 9 || memcmp(end - 7, " times)", 7))
		return 1;
	n = (unsigned)strtoul(at + 1, NULL, 10);
	*len = (int)(at - 1 - f->value);
	return n < 1 ? 1 : n < TIMES_MAX ? n : TIMES_MAX;
}

static void take_line(const struct factline *f, const struct rulebase *rules, enum program program,
		      struct log_digest *log)
{
	char line[FACT_VALUE_MAX + 48];
	int len;
	unsigned n = kept_times(f, &len);
	msec_t at = f->at == MSEC_NONE ? 0 : f->at;

	snprintf(line, sizeof(line), "%s[%lld.%03lld]: %.*s", program_name(program),
		 (long long)(at / SEC), (long long)(at % SEC), len, f->value);
	while (n--)
		log_digest_line(log, rules, program, line, strlen(line), at);
}

/* The list is sorted by name, rules ask for the order in time. */
static void insert_line(struct factline *lines, unsigned *n, const struct factline *new)
{
	unsigned at = *n;

	if (*n == KEPT_LINES_MAX)
		return;
	for (; at > 0 && lines[at - 1].at > new->at; at--)
		lines[at] = lines[at - 1];
	lines[at] = *new;
	++*n;
}

/* A message that is known, or the newest line that is not. */
static bool is_line(const struct factline *f)
{
	return (f->name_len > 4 && !memcmp(f->name, "log.", 4)) ||
	       (f->name_len == 14 && !memcmp(f->name, "output.unknown", 14));
}

unsigned kept_lines(const struct kept *k, struct factline lines[KEPT_LINES_MAX])
{
	const char *list = k->list;
	struct factline f;
	unsigned n = 0;

	while (factlist_next(&list, &f))
		if (is_line(&f))
			insert_line(lines, &n, &f);
	return n;
}

void kept_facts(const struct kept *k, const struct rulebase *rules, struct facts *facts,
		struct log_digest *log)
{
	struct factline lines[KEPT_LINES_MAX], f;
	unsigned n = kept_lines(k, lines);
	const char *list = k->list;

	facts->n = facts->dropped = 0;
	log_digest_reset(log);
	while (factlist_next(&list, &f)) {
		char name[FACT_NAME_MAX];

		snprintf(name, sizeof(name), "%.*s", f.name_len, f.name);
		if (f.source_len == 3 && !memcmp(f.source, "log", 3))
			continue;	/* follows from the lines again */
		if (f.known)
			facts_set(facts, "kept", MSEC_NONE, name, "%.*s", f.value_len, f.value);
		else
			facts_unknown(facts, "kept", name, "not recorded");
	}
	for (unsigned i = 0; i < n; i++)
		take_line(&lines[i], rules, command_program(k->program), log);
}
