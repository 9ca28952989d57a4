#include <stdio.h>

#include "fact.h"
#include "supervisor/diagnose/factlist.h"
#include "verbs.h"
#include "verdictjson.h"

static void age(struct text *out, msec_t ms)
{
	if (ms == MSEC_NONE || ms < 0)
		text_add(out, "null");
	else
		text_add(out, "%lld", (long long)ms);
}

static void member(struct text *out, const char *name, const char *value)
{
	text_add(out, "\"%s\":", name);
	text_add_json(out, value);
}

static void facts(struct text *out, const char *name, const struct evidence *list, unsigned n)
{
	text_add(out, "\"%s\":[", name);
	for (unsigned i = 0; i < n; i++) {
		text_add(out, "%s{", i ? "," : "");
		member(out, "name", list[i].name);
		text_add(out, ",");
		member(out, "value", list[i].value);
		text_add(out, ",");
		member(out, "source", list[i].source);
		text_add(out, ",\"age_ms\":");
		age(out, list[i].age_ms);
		text_add(out, "}");
	}
	text_add(out, "]");
}

static void one_cause(struct text *out, const struct verdict_cause *c)
{
	text_add(out, "{");
	member(out, "id", c->id);
	text_add(out, ",");
	member(out, "class", c->class);
	text_add(out, ",");
	member(out, "confidence", confidence_name(c->confidence));
	text_add(out, ",");
	member(out, "title", c->title);
	text_add(out, ",");
	facts(out, "explains", c->explain, c->explains);
	text_add(out, ",");
	facts(out, "against", c->contra, c->against);
	text_add(out, ",\"missing\":[");
	for (unsigned i = 0; i < c->missing; i++) {
		text_add(out, "%s", i ? "," : "");
		text_add_json(out, c->miss[i]);
	}
	text_add(out, "],\"advice\":[");
	for (unsigned i = 0; i < c->advices; i++) {
		text_add(out, "%s", i ? "," : "");
		text_add_json(out, c->advice[i]);
	}
	text_add(out, "],");
	member(out, "action", disposition_name(c->action));
	if (c->action == DO_REMEDY) {
		text_add(out, ",");
		member(out, "remedy", remedy_name(c->remedy));
		text_add(out, ",");
		member(out, "otherwise", disposition_name(c->otherwise));
	}
	if (c->with) {
		text_add(out, ",");
		member(out, "with", c->with);
	}
	text_add(out, "}");
}

static void list_standing(struct text *out, const struct findings *f)
{
	text_add(out, ",\"standing\":[");
	for (unsigned i = 0, n = 0; f && i < f->n; i++) {
		if (f->at[i].state != FINDING_BLOCK)
			continue;
		text_add(out, "%s{", n++ ? "," : "");
		member(out, "id", f->at[i].id);
		text_add(out, ",");
		member(out, "subject", f->at[i].subject);
		text_add(out, ",");
		member(out, "detail", f->at[i].detail);
		text_add(out, "}");
	}
	text_add(out, "]");
}

static void list_changes(struct text *out, const struct verdict *v)
{
	text_add(out, ",\"changed\":[");
	for (unsigned i = 0; i < v->changed_n; i++) {
		text_add(out, "%s{", i ? "," : "");
		member(out, "name", v->changed[i].name);
		text_add(out, ",");
		member(out, "from", v->changed[i].from);
		text_add(out, ",");
		member(out, "to", v->changed[i].to);
		text_add(out, ",\"age_ms\":");
		age(out, v->changed[i].age_ms);
		text_add(out, "}");
	}
	text_add(out, "]");
}

static void list_rejected(struct text *out, const struct verdict *v)
{
	text_add(out, ",\"rejected\":[");
	for (unsigned i = 0; i < v->rejected_n; i++) {
		text_add(out, "%s{", i ? "," : "");
		member(out, "id", v->rejected[i].id);
		text_add(out, ",");
		member(out, "because", v->rejected[i].because);
		text_add(out, "}");
	}
	text_add(out, "]");
}

static void add_string(struct text *out, const char *s, int len)
{
	char room[FACT_VALUE_MAX + 32];

	snprintf(room, sizeof(room), "%.*s", len, s);
	text_add_json(out, room);
}

static void list_facts(struct text *out, const char *list, msec_t now)
{
	struct factline f;

	text_add(out, ",\"facts\":[");
	for (unsigned n = 0; list && factlist_next(&list, &f); n++) {
		text_add(out, "%s{\"name\":", n ? "," : "");
		add_string(out, f.name, f.name_len);
		text_add(out, ",\"type\":\"%s\",\"value\":", f.known ? factline_type(&f) : "unknown");
		if (f.known)
			add_string(out, f.value, f.value_len);
		else
			text_add(out, "null,\"reason\":");
		if (!f.known)
			add_string(out, f.value, f.value_len);
		text_add(out, ",\"source\":");
		add_string(out, f.source, f.source_len);
		text_add(out, ",\"age_ms\":");
		age(out, f.at == MSEC_NONE || now == MSEC_NONE ? MSEC_NONE : now - f.at);
		text_add(out, "}");
	}
	text_add(out, "]");
}

static void members(const struct verdict *v, const struct findings *standing, struct text *out)
{
	text_add(out, "{\"schema\":\"ptpwarden.diagnosis/1\",");
	member(out, "verdict", verdict_kind_name(v->kind));
	text_add(out, ",\"causes\":[");
	for (unsigned i = 0; i < v->causes; i++) {
		text_add(out, "%s", i ? "," : "");
		one_cause(out, &v->cause[i]);
	}
	text_add(out, "]");
	list_standing(out, standing);
	list_changes(out, v);
	text_add(out, ",");
	facts(out, "unexplained", v->unexplained, v->unexplained_n);
	list_rejected(out, v);
	text_add(out, ",");
	member(out, "next", v->next[0] ? v->next : NULL);
	text_add(out, ",\"signature\":");
	if (v->kind == VERDICT_HEALTHY)
		text_add(out, "null");
	else
		text_add(out, "\"%08x-%08x\"", (unsigned)v->signature[0], (unsigned)v->signature[1]);
}

void verdict_json(const struct verdict *v, const struct findings *standing, struct text *out)
{
	members(v, standing, out);
	text_add(out, "}");
}

void verdict_json_facts(const struct verdict *v, const struct findings *standing, const char *list,
			msec_t now, struct text *out)
{
	members(v, standing, out);
	list_facts(out, list, now);
	text_add(out, "}");
}

int verdict_rc(const struct verdict *v)
{
	return v->kind == VERDICT_HEALTHY ? RC_FINE : v->kind == VERDICT_CAUSE ? RC_CAUSE : RC_UNKNOWN;
}
