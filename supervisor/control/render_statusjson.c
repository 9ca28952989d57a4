/* The JSON half of render_status.h; its members are a contract with scripts. */
#include <string.h>

#include "render_status.h"

/* Names come from a configuration and may be long; the reader needs the beginning. */
static void add_name(struct text *t, const char *key, const char *name)
{
	char cut[256];
	size_t len = name ? strnlen(name, sizeof(cut) - 1) : 0;

	memcpy(cut, name ? name : "", len);
	cut[len] = '\0';
	text_add(t, ",\"%s\":", key);
	text_add_json(t, name ? cut : NULL);
}

static void add_text(struct text *t, const char *key, const char *value)
{
	add_name(t, key, value && *value ? value : NULL);
}

static void add_number(struct text *t, const char *key, bool known, long long value)
{
	text_add(t, ",\"%s\":", key);
	text_add(t, known ? "%lld" : "null", value);
}

static void add_ports(const struct unit_view *v, struct text *t)
{
	unsigned n = v->ports < PORTS_MAX ? v->ports : PORTS_MAX;

	text_add(t, ",\"ports\":[");
	for (unsigned i = 0; i < n; i++) {
		const struct port_seen *p = &v->port[i];

		text_add(t, "%s{\"interface\":", i ? "," : "");
		text_add_json(t, p->interface[0] ? p->interface : NULL);
		text_add(t, ",\"state\":");
		text_add_json(t, port_state_name(p->state));
		text_add(t, "}");
	}
	text_add(t, "]");
}

static void add_waiting_for(const struct unit_view *v, struct text *t)
{
	text_add(t, ",\"waiting_for\":");
	if (v->state != ST_WAITING || v->waiting.kind == WAIT_NONE) {
		text_add(t, "null");
		return;
	}
	text_add(t, "{\"kind\":");
	text_add_json(t, wait_kind_name(v->waiting.kind));
	text_add(t, ",\"subject\":");
	text_add_json(t, v->waiting.subject);
	text_add(t, ",\"since_ms\":%lld}", (long long)v->waiting_ms);
}

static const char *exit_name(const struct exit_info *e)
{
	if (e->kind == EXIT_KIND_SIGNAL)
		return signal_name(e->code);
	if (e->kind == EXIT_KIND_EXEC)
		return errno_name(e->code);
	return NULL;
}

static void add_last_exit(const struct exit_info *e, struct text *t)
{
	text_add(t, ",\"last_exit\":");
	if (e->kind == EXIT_KIND_NONE) {
		text_add(t, "null");
		return;
	}
	text_add(t, "{\"kind\":");
	text_add_json(t, exit_kind_name(e->kind));
	text_add(t, ",\"code\":%d,\"name\":", e->code);
	text_add_json(t, exit_name(e));
	text_add(t, "}");
}

static void add_remedies(const struct unit_view *v, struct text *t)
{
	text_add(t, ",\"remedies\":[");
	for (unsigned i = 0; i < REMEDY_NOTES && v->mended[i].remedy; i++) {
		const struct remedy_note *m = &v->mended[i];

		text_add(t, "%s{\"remedy\":\"%s\",\"worked\":%s,\"text\":", i ? "," : "",
			 remedy_name(m->remedy), m->worked ? "true" : "false");
		text_add_json(t, m->text);
		text_add(t, ",\"age_ms\":%lld}", (long long)m->at);
	}
	text_add(t, "]");
}

void status_json_unit(const struct unit_view *v, struct text *t)
{
	text_add(t, "{\"unit\":");
	text_add_json(t, v->name);
	add_name(t, "program", v->program);
	add_name(t, "state", policy_st_name(v->state));
	add_number(t, "alternate", true, v->alternate);
	add_name(t, "alternate_name", v->alternate ? v->alternate_name : NULL);
	add_number(t, "pid", v->pid > 0, v->pid);
	text_add(t, ",\"adopted\":%s", v->adopted ? "true" : "false");
	text_add(t, ",\"ready\":%s", v->ready ? "true" : "false");
	add_name(t, "lock", lock_name(v->lock));
	add_number(t, "offset_ns", v->offset_known, v->offset_ns);
	add_ports(v, t);
	add_text(t, "grandmaster", v->grandmaster);
	add_number(t, "restarts", true, v->restarts);
	add_number(t, "since_ms", true, v->since_ms);
	add_waiting_for(v, t);
	add_number(t, "next_try_ms", v->next_try_ms >= 0 && v->state == ST_BACKING_OFF,
		   v->next_try_ms);
	add_last_exit(&v->last_exit, t);
	add_text(t, "why_not", v->ready ? NULL : v->why_not);
	add_text(t, "note", v->ready ? v->note : NULL);
	add_text(t, "standing", v->alternate ? v->standing : NULL);
	add_number(t, "alternate_ms", v->alternate && v->alternate_ms > 0, v->alternate_ms);
	add_number(t, "back_ms", v->alternate && v->back_ms != MSEC_NONE, v->back_ms);
	add_remedies(v, t);
	add_name(t, "cause", v->cause);
	text_add(t, "}");
}
