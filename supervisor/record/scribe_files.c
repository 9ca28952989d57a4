/* Small files for state_dir: each wholly or not at all, the newest order for a name counts. */
#include "scribe_private.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "blob.h"
#include "supervisor/loop.h"

struct pending_file {
	struct pending_file *next;
	char name[DISK_NAME_MAX];
	unsigned serial;
	msec_t due;
	bool written;		/* only the answer is owed */
	int code;		/* the answer */
	size_t len;
	uint8_t bytes[];
};

static void drop(struct pending_file **link)
{
	struct pending_file *p = *link;

	*link = p->next;
	free(p);
}

static struct pending_file **find(struct scribe_files *files, const char *name)
{
	struct pending_file **link = &files->first;

	while (*link && strcmp((*link)->name, name))
		link = &(*link)->next;
	return link;
}

static bool answer(struct scribe *r, unsigned serial, int code)
{
	return scribe_send(r, &(struct scribe_note){ .slot = SCRIBE_SLOT_STORED, .serial = serial,
						     .ev = { .fd = -1, .disk_errno = code } });
}

void scribe_files_take(struct scribe *r, const struct scribe_file *f, const void *bytes, size_t len)
{
	struct pending_file **link = find(&r->files, f->name), *p = malloc(sizeof(*p) + len);
	msec_t due = loop_now() + f->delay;

	if (!p) {
		(void)answer(r, f->serial, ENOMEM);
		return;
	}
	if (*link) {	/* what changes all the time must not put itself off for ever */
		due = (*link)->due < due && !(*link)->written ? (*link)->due : due;
		drop(link);
	}
	*p = (struct pending_file){ .next = r->files.first, .serial = f->serial, .due = due,
				    .len = len };
	memcpy(p->name, f->name, sizeof(p->name));
	p->name[sizeof(p->name) - 1] = '\0';
	memcpy(p->bytes, bytes, len);
	r->files.first = p;
}

static int put(struct disk *d, const struct pending_file *p)
{
	int rc;

	if (p->len)
		return blob_replace(d, p->name, p->bytes, p->len);
	rc = d->ops->remove(d, p->name);
	return rc == -ENOENT ? 0 : rc < 0 ? rc : d->ops->sync_dir(d);
}

/* What the disk refuses outlives at least us: in run_dir, until the disk takes it. */
static void write_one(struct scribe *r, struct pending_file *p)
{
	struct disk *memory = &r->files.memory.disk;
	int rc = put(&r->files.folder.disk, p);

	if (rc < 0) {	/* it may have been mounted, or made anew, since */
		disk_folder_release(&r->files.folder);
		(void)put(memory, p);
	} else {
		(void)memory->ops->remove(memory, p->name);
	}
	p->code = -rc;
	p->written = true;
}

bool scribe_files_tell(struct scribe *r)
{
	struct pending_file **link = &r->files.first;

	while (*link) {
		if (!(*link)->written) {
			link = &(*link)->next;
			continue;
		}
		if (!answer(r, (*link)->serial, (*link)->code))
			return false;
		drop(link);
	}
	return true;
}

msec_t scribe_files_write(struct scribe *r, msec_t now)
{
	msec_t next = MSEC_NONE;

	for (struct pending_file *p = r->files.first; p; p = p->next) {
		if (p->written)
			continue;
		if (p->due <= now)
			write_one(r, p);
		else if (next == MSEC_NONE || p->due < next)
			next = p->due;
	}
	(void)scribe_files_tell(r);
	return next;
}

void scribe_files_write_all(struct scribe *r)
{
	for (struct pending_file *p = r->files.first; p; p = p->next)
		p->due = 0;
	(void)scribe_files_write(r, loop_now());
}
