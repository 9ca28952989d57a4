#include "memory.h"

#include <errno.h>
#include <string.h>

#include "log.h"
#include "notes.h"
#include "probes/probe.h"
#include "supervisor.h"
#include "supervisor/record/incidentfile.h"

enum { SETTLE_MS = 2000 };

/* Never fatal: without a memory everything works as on the first day. */
static void on_state(void *owner, const struct state_event *ev)
{
	const char *dir = ((struct supervisor *)owner)->plan->state_dir;

	switch (ev->kind) {
	case STATE_DAMAGED:
		log_warn("state", "%s/%s.state is damaged and is begun anew; it is kept as %s.damaged",
			 dir, ev->name, ev->name);
		break;
	case STATE_FOREIGN:
		log_warn("state", "%s/%s.state is not of this ptpwarden and is not used", dir,
			 ev->name);
		break;
	case STATE_UNREADABLE:
		log_warn("state", "%s%s%s cannot be read: %s; begins with no memory of it", dir,
			 ev->name ? "/" : "", ev->name ? ev->name : "", strerror(ev->code));
		break;
	case STATE_MEMORY:
		notes_storage(owner, "state", ev->code);
		log_warn("state", "cannot write to %s (%s), keeping state in memory", dir,
			 strerror(ev->code));
		break;
	case STATE_DISK:
		notes_storage(owner, "state", 0);
		log_notice("state", "%s can be written again", dir);
		break;
	case STATE_SAFE:
		break;
	}
}

static void on_flight(void *owner, int code)
{
	struct supervisor *sup = owner;

	if (code)
		log_warn("flight", "the flight recorder cannot write to %s (%s) and goes on in %s",
			 sup->plan->state_dir, strerror(code), sup->plan->run_dir);
	else
		log_notice("flight", "the flight recorder writes to %s again", sup->plan->state_dir);
	notes_storage(sup, "flight recorder", code);
}

int memory_open(struct supervisor *sup, struct err *err)
{
	struct disk_folder folder;
	const void *list;
	size_t len = 0;

	sup->state = state_new(sup->loop, sup->writer, on_state, sup);
	if (!sup->state)
		return err_set(err, ENOMEM, "out of memory");
	writer_on_flight(sup->writer, on_flight, sup);
	writer_settle(sup->writer, SETTLE_MS);
	/* what an earlier one could not put on the disk is newer than what lies there */
	disk_folder_init(&folder, sup->plan->run_dir);
	state_load(sup->state, &folder.disk);
	disk_folder_release(&folder);
	disk_folder_init(&folder, sup->plan->state_dir);
	state_load(sup->state, &folder.disk);
	list = state_get(sup->state, "incidents", INCIDENTS_VERSION, &len);
	incidents_load(&sup->kept, &folder.disk, list, len);
	disk_folder_release(&folder);
	return 0;
}

void memory_close(struct supervisor *sup)
{
	writer_on_flight(sup->writer, NULL, NULL);
	if (sup->state)
		notes_stop(sup);
	state_free(sup->state);
	sup->state = NULL;
}

static const char ifaces_piece[] = "interfaces";
enum { IFACES_VERSION = 1 };

void memory_recall_ifaces(struct supervisor *sup)
{
	size_t len = 0;
	const char *text = sup->state ? state_get(sup->state, ifaces_piece, IFACES_VERSION, &len)
				      : NULL;

	if (text && len && !text[len - 1])
		probe_cache_take_ifaces(sup->cache, text);
}

void memory_keep_ifaces(struct supervisor *sup)
{
	char text[PROBE_IFACES_TEXT];
	size_t len = probe_cache_ifaces(sup->cache, text, sizeof(text));

	if (len && sup->state)
		(void)state_save(sup->state, ifaces_piece, IFACES_VERSION, text, len + 1,
				 STATE_SOON);
}
