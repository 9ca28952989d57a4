/* What happens to a unit, told to clients, to the on_event program and to the log. */
#include <stdarg.h>

#include "log.h"
#include "loop.h"
#include "unit.h"

void unit_tell(struct unit *u, const char *event, const char *text, const char *json)
{
	supervisor_tell(u->sup, &(struct notice){ event, u->conf->name, text, json });
}

/* `members` go into the object as they are: ",\"from\":\"running\"" */
static void PRINTF_LIKE(4, 5) tell(struct unit *u, const char *event, const char *text,
				   const char *members, ...)
{
	char line[320], json[768];
	struct text t = text_in(line, sizeof(line)), j = text_in(json, sizeof(json));
	va_list ap;

	text_add(&t, "%s: %s", u->conf->name, text);
	text_add(&j, "{\"event\":\"%s\",\"unit\":", event);
	text_add_json(&j, u->conf->name);
	va_start(ap, members);
	text_vadd(&j, members, ap);
	va_end(ap);
	text_add(&j, ",\"at_ms\":%lld}", (long long)loop_now());
	unit_tell(u, event, line, json);
}

void unit_tell_state(struct unit *u, enum policy_st was)
{
	const char *from = policy_st_name(was), *to = policy_st_name(u->policy.st);
	char text[64];

	snprintf(text, sizeof(text), "%s -> %s", from, to);
	log_info("unit", "unit=%s state=%s was=%s alternate=%u pid=%d", u->conf->name, to, from,
		 u->policy.alternate, (int)u->child.id.pid);
	tell(u, "state", text, ",\"from\":\"%s\",\"to\":\"%s\"", from, to);
}

void unit_tell_lock(struct unit *u, enum lock was)
{
	const char *from = lock_name(was), *to = lock_name(u->health.lock);
	char text[64];

	snprintf(text, sizeof(text), "lock %s -> %s", from, to);
	log_notice("lock", "unit=%s lock=%s was=%s", u->conf->name, to, from);
	tell(u, "lock", text, ",\"from\":\"%s\",\"to\":\"%s\"", from, to);
}

/* Names of alternates are words of the configuration: they need no escapes. */
static const char *alternate_name(const struct unit *u, unsigned alternate)
{
	const char *name = unit_run_of(u, alternate)->name;

	return name ? name : "preferred";
}

void unit_tell_alternate(struct unit *u, unsigned was)
{
	const char *from = alternate_name(u, was), *to = alternate_name(u, u->policy.alternate);
	char text[128];

	snprintf(text, sizeof(text), "runs as %s, no longer as %s", to, from);
	log_notice("unit", "unit=%s alternate=%s was=%s", u->conf->name, to, from);
	tell(u, "alternate", text, ",\"from\":\"%s\",\"to\":\"%s\"", from, to);
}

void unit_tell_escalation(struct unit *u, const struct action *act)
{
	char text[160];

	if (u->policy.exhausted)
		snprintf(text, sizeof(text), "every alternate has failed, trying them in turn every "
			 "%lld s", (long long)(u->pacing.delay_max / SEC));
	else
		snprintf(text, sizeof(text), "cannot be helped without a person, see `ptpwarden why "
			 "%s`", u->conf->name);
	log_err("unit", "unit=%s %s", u->conf->name, text);
	tell(u, "escalation", text, ",\"cause\":\"%s\"",
	     u->incident && u->incident->verdict.causes ? u->incident->verdict.cause[0].id : "");
}
