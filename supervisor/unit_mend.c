/* ACT_REMEDY and what is mended before a start; each attempt is noted with its result. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "log.h"
#include "loop.h"
#include "supervisor/act/mend.h"
#include "supervisor/act/remedy.h"
#include "conf/linuxptp/command.h"
#include "unit.h"

bool unit_may_mend(const struct unit *u, enum remedy remedy)
{
	return u->conf->remedies & REMEDY_BIT(remedy);
}

static void tell(struct unit *u, const struct remedy_note *note)
{
	char text[256], json[512];
	struct text t = text_in(text, sizeof(text)), j = text_in(json, sizeof(json));

	text_add(&t, "%s: %s%s", u->conf->name, note->worked ? "mended: " : "could not be mended: ",
		 note->text);
	text_add(&j, "{\"event\":\"remedy\",\"unit\":");
	text_add_json(&j, u->conf->name);
	text_add(&j, ",\"remedy\":\"%s\",\"worked\":%s,\"text\":", remedy_name(note->remedy),
		 note->worked ? "true" : "false");
	text_add_json(&j, note->text);
	text_add(&j, ",\"at_ms\":%lld}", (long long)note->at);
	unit_tell(u, "remedy", text, json);
	if (note->worked)
		log_notice("remedy", "unit=%s %s: %s", u->conf->name, remedy_name(note->remedy),
			   note->text);
	else
		log_warn("remedy", "unit=%s %s did not help: %s", u->conf->name,
			 remedy_name(note->remedy), note->text);
}

/* A failure that is still the newest note is not news, however often it is tried again. */
void unit_mended(struct unit *u, enum remedy remedy, bool worked, const char *text)
{
	struct remedy_note note = { .remedy = remedy, .worked = worked, .at = loop_now() };
	struct remedy_note *first = &u->mended[0];
	bool again;

	snprintf(note.text, sizeof(note.text), "%s", text);
	again = !worked && !first->worked && first->remedy == remedy &&
		!strcmp(first->text, note.text);
	if (!again) {
		memmove(first + 1, first, (REMEDY_NOTES - 1) * sizeof(*first));
		tell(u, &note);
		notes_action(u, remedy_name(remedy), worked ? "worked" : "did not help", text);
	}
	*first = note;
	supervisor_changed(u->sup, u);
}

/* @return something was changed */
static bool note_result(struct unit *u, enum remedy remedy, int rc, const struct err *err,
			const char *text)
{
	if (rc)
		unit_mended(u, remedy, rc > 0, rc > 0 ? text : err->text);
	return rc > 0;
}

static bool make_uds_dir(struct unit *u, const char *uds, unsigned alternate)
{
	const struct launch_spec *spec = &u->room.spec[unit_run_of(u, alternate) - u->conf->runs];
	struct err err = { 0 };
	char text[120];
	int rc = remedy_make_directory(uds, spec->change_user ? spec->uid : (uid_t)-1,
				       spec->change_user ? spec->gid : (gid_t)-1, &err);

	snprintf(text, sizeof(text), "made the folder of %.96s", uds);
	return note_result(u, REMEDY_MAKE_UDS_DIR, rc, &err, text);
}

static bool remove_stale_socket(struct unit *u, const char *path)
{
	struct err err = { 0 };
	char text[120];
	int rc = remedy_remove_stale_socket(path, &err);

	snprintf(text, sizeof(text), "removed %.80s, which nobody listened on", path);
	return note_result(u, REMEDY_REMOVE_STALE_SOCKET, rc, &err, text);
}

static bool raise_limits(struct unit *u)
{
	struct err err = { 0 };
	char what[80], text[120];
	int rc = mend_raise_limits(what, sizeof(what), &err);

	snprintf(text, sizeof(text), "raised the limit of %s", what);
	return note_result(u, REMEDY_RAISE_LIMIT, rc, &err, text);
}

static bool set_interface_up(struct unit *u, const char *interface)
{
	struct err err = { 0 };
	char text[120];
	int rc = mend_set_up(interface, &err);

	snprintf(text, sizeof(text), "switched %.96s on", interface);
	return note_result(u, REMEDY_SET_INTERFACE_UP, rc, &err, text);
}

/* What a finding stands for that can be mended on the spot. */
static enum remedy remedy_for(const struct finding *f)
{
	static const struct {
		const char *id;
		enum remedy remedy;
	} table[] = {
		{ "uds.stale", REMEDY_REMOVE_STALE_SOCKET },
		{ "priv.files", REMEDY_RAISE_LIMIT },
		{ "priv.memory", REMEDY_RAISE_LIMIT },
		{ "link.down", REMEDY_SET_INTERFACE_UP },
	};

	for (unsigned i = 0; i < ARRAY_LEN(table); i++)
		if (!strcmp(table[i].id, f->id))
			return table[i].remedy;
	return REMEDY_NONE;
}

static bool mend(struct unit *u, enum remedy remedy, const char *subject, unsigned alternate)
{
	switch (remedy) {
	case REMEDY_MAKE_UDS_DIR:
		return make_uds_dir(u, subject, alternate);
	case REMEDY_REMOVE_STALE_SOCKET:
		return remove_stale_socket(u, subject);
	case REMEDY_RAISE_LIMIT:
		return raise_limits(u);
	case REMEDY_SET_INTERFACE_UP:
		return set_interface_up(u, subject);
	default:
		return false;
	}
}

/* A folder that will be made is no finding but a fact. */
static bool folder_missing(const struct unit *u, const struct probe_out *out)
{
	const char *state = facts_value(&out->facts, "uds.dir");

	return u->conf->program == PROG_PTP4L && out->conf_read && state &&
	       !strcmp(state, "missing") && unit_may_mend(u, REMEDY_MAKE_UDS_DIR);
}

bool unit_mend_before(struct unit *u, const struct probe_out *out, unsigned alternate)
{
	const struct findings *f = &out->findings;
	bool changed = folder_missing(u, out) && make_uds_dir(u, out->conf.uds_address, alternate);

	for (unsigned i = 0; i < f->n; i++) {
		enum remedy remedy = remedy_for(&f->at[i]);

		if (remedy && f->at[i].state != FINDING_UNKNOWN && unit_may_mend(u, remedy))
			changed |= mend(u, remedy, f->at[i].subject, alternate);
	}
	return changed;
}

static const char *subject_of(const struct unit *u, enum remedy remedy)
{
	const char *interface = unit_run_of(u, u->policy.alternate)->interface;

	if (remedy != REMEDY_SET_INTERFACE_UP)
		return u->conf_seen.uds_address;
	return interface ? interface : u->conf_seen.port[0];
}

/* A clock device that is waited for has changed: may the unit look whether it can run now? */
bool unit_device_back(struct unit *u, const char *path)
{
	char text[120];

	if (u->conf->program != PROG_PHC2SYS && u->conf->program != PROG_TS2PHC)
		return true;
	if (!unit_may_mend(u, REMEDY_RESUME_AFTER_PHC))
		return false;
	if (access(path, F_OK) == 0) {
		snprintf(text, sizeof(text), "%.64s is there again, starting", path);
		unit_mended(u, REMEDY_RESUME_AFTER_PHC, true, text);
	}
	return true;
}

/* phc2sys and ts2phc ask ptp4l from /var/run/NAME.PID, which stays when they are killed. */
void unit_mend_after(struct unit *u, const struct exit_info *end)
{
	char path[64];

	if ((u->conf->program != PROG_PHC2SYS && u->conf->program != PROG_TS2PHC) ||
	    end->kind != EXIT_KIND_SIGNAL || !unit_may_mend(u, REMEDY_REMOVE_STALE_SOCKET))
		return;
	snprintf(path, sizeof(path), "/var/run/%s.%d", program_name(u->conf->program),
		 (int)end->pid);
	(void)remove_stale_socket(u, path);
}

void unit_remedy(struct unit *u, const struct action *act)
{
	const struct verdict_cause *c = u->incident && u->incident->verdict.causes
						? &u->incident->verdict.cause[0] : NULL;
	struct policy_event ev = { .kind = EVT_VERDICT, .at = loop_now() };

	ev.u.verdict.disposition = c ? c->otherwise : DO_RETRY;
	if (c && unit_may_mend(u, c->remedy) &&
	    mend(u, c->remedy, subject_of(u, c->remedy), u->policy.alternate))
		ev.kind = EVT_CLEARED;
	unit_feed(u, &ev);
}
