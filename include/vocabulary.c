/* The few verbs that belong to the vocabulary itself, and the names of its enumerators. Pure. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "err.h"
#include "exitinfo.h"
#include "fact.h"
#include "finding.h"
#include "health.h"
#include "policy.h"
#include "remedies.h"
#include "text.h"
#include "verdict.h"
#include "view.h"
#include "waitfor.h"

int err_set(struct err *err, int code, const char *fmt, ...)
{
	va_list ap;

	if (err && !err->code) {
		err->code = code;
		va_start(ap, fmt);
		vsnprintf(err->text, sizeof(err->text), fmt, ap);
		va_end(ap);
	}
	return -code;
}

/* Room for a finding that matters: a full table gives up its newest PASS for it. */
static struct finding *room_in(struct findings *f, enum finding_state state)
{
	if (f->n < FINDINGS_MAX)
		return &f->at[f->n++];
	f->dropped++;
	for (unsigned i = FINDINGS_MAX; i-- > 0;)
		if (state == FINDING_BLOCK && f->at[i].state == FINDING_PASS)
			return &f->at[i];
	return &f->spare;
}

struct finding *findings_add(struct findings *f, const char *id, enum finding_state state,
			     const char *subject, const char *fmt, ...)
{
	struct finding *new = room_in(f, state);
	va_list ap;

	memset(new, 0, sizeof(*new));
	new->id = id;
	new->state = state;
	snprintf(new->subject, sizeof(new->subject), "%s", subject ? subject : "");
	va_start(ap, fmt);
	vsnprintf(new->detail, sizeof(new->detail), fmt, ap);
	va_end(ap);
	return new;
}

enum finding_state findings_worst(const struct findings *f)
{
	enum finding_state worst = FINDING_PASS;

	for (unsigned i = 0; i < f->n; i++)
		if (f->at[i].state > worst)
			worst = f->at[i].state;
	return worst;
}

const struct finding *findings_block(const struct findings *f)
{
	for (unsigned i = 0; i < f->n; i++)
		if (f->at[i].state == FINDING_BLOCK)
			return &f->at[i];
	return NULL;
}

static struct fact *fact_slot(struct facts *f, const char *name)
{
	for (unsigned i = 0; i < f->n; i++)
		if (!strcmp(f->at[i].name, name))
			return &f->at[i];
	if (f->n == FACTS_MAX) {
		f->dropped++;
		return NULL;
	}
	memset(&f->at[f->n], 0, sizeof(f->at[0]));
	snprintf(f->at[f->n].name, sizeof(f->at[0].name), "%s", name);
	return &f->at[f->n++];
}

void facts_set(struct facts *f, const char *source, msec_t at, const char *name, const char *fmt,
	       ...)
{
	struct fact *fact = fact_slot(f, name);
	va_list ap;

	if (!fact)
		return;
	fact->source = source;
	fact->at = at;
	fact->known = true;
	va_start(ap, fmt);
	vsnprintf(fact->value, sizeof(fact->value), fmt, ap);
	va_end(ap);
}

void facts_unknown(struct facts *f, const char *source, const char *name, const char *why)
{
	struct fact *fact = fact_slot(f, name);

	if (!fact || fact->known)
		return;
	fact->source = source;
	fact->at = MSEC_NONE;
	snprintf(fact->value, sizeof(fact->value), "%s", why);
}

const struct fact *facts_get(const struct facts *f, const char *name)
{
	for (unsigned i = 0; i < f->n; i++)
		if (!strcmp(f->at[i].name, name))
			return &f->at[i];
	return NULL;
}

const char *facts_value(const struct facts *f, const char *name)
{
	const struct fact *fact = facts_get(f, name);

	return fact && fact->known ? fact->value : NULL;
}

void text_vadd(struct text *t, const char *fmt, va_list ap)
{
	size_t room = t->size - t->len;
	int n = vsnprintf(t->at + t->len, room, fmt, ap);

	if (n < 0)
		return;
	if ((size_t)n >= room) {
		t->cut = true;
		t->len = t->size - 1;
		return;
	}
	t->len += (size_t)n;
}

void text_add(struct text *t, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	text_vadd(t, fmt, ap);
	va_end(ap);
}

/* Length of the valid UTF-8 sequence at `s`, 0 when there is none (RFC 3629 ranges). */
static size_t utf8_len(const unsigned char *s, size_t len)
{
	size_t n = s[0] < 0x80 ? 1 : s[0] >= 0xc2 && s[0] < 0xe0 ? 2 : (s[0] & 0xf0) == 0xe0 ? 3 :
		   s[0] >= 0xf0 && s[0] < 0xf5 ? 4 : 0;

	if (!n || n > len)
		return 0;
	for (size_t i = 1; i < n; i++)
		if ((s[i] & 0xc0) != 0x80)
			return 0;
	if ((s[0] == 0xe0 && s[1] < 0xa0) || (s[0] == 0xed && s[1] > 0x9f) ||
	    (s[0] == 0xf0 && s[1] < 0x90) || (s[0] == 0xf4 && s[1] > 0x8f))
		return 0;
	return n;
}

void text_add_escaped(struct text *t, const char *bytes, size_t len)
{
	const unsigned char *s = (const unsigned char *)bytes;

	for (size_t i = 0; i < len;) {
		size_t n = utf8_len(s + i, len - i);
		/* C1 control characters are two bytes in UTF-8 and move some terminals too */
		int control = n == 1 ? s[i] < 0x20 || s[i] == 0x7f : n == 2 && s[i] == 0xc2 && s[i + 1] < 0xa0;

		if (n && !control) {
			text_add(t, "%.*s", (int)n, bytes + i);
			i += n;
			continue;
		}
		text_add(t, "\\x%02x", s[i]);
		i++;
	}
}

void text_add_json(struct text *t, const char *string)
{
	const unsigned char *s = (const unsigned char *)string;
	size_t len = string ? strlen(string) : 0;

	if (!string) {
		text_add(t, "null");
		return;
	}
	text_add(t, "\"");
	for (size_t i = 0; i < len;) {
		size_t n = utf8_len(s + i, len - i);

		if (s[i] == '"' || s[i] == '\\')
			text_add(t, "\\%c", s[i]);
		else if (s[i] < 0x20 || s[i] == 0x7f)
			text_add(t, "\\u%04x", s[i]);
		else if (n)
			text_add(t, "%.*s", (int)n, string + i);
		else
			text_add(t, "\\ufffd");
		i += n ? n : 1;
	}
	text_add(t, "\"");
}

const char *finding_state_name(enum finding_state state)
{
	static const char *const names[FINDING_STATES] = {
		[FINDING_PASS] = "pass",
		[FINDING_WARN] = "warn",
		[FINDING_UNKNOWN] = "unknown",
		[FINDING_BLOCK] = "block",
	};
	return NAME_OF(names, state);
}

const char *wait_kind_name(enum wait_kind kind)
{
	static const char *const names[WAIT_KINDS] = {
		[WAIT_NONE] = "none",	      [WAIT_FILE] = "file",
		[WAIT_INTERFACE] = "interface", [WAIT_UP] = "up",
		[WAIT_CARRIER] = "carrier",   [WAIT_DEVICE] = "device",
		[WAIT_PROCESS] = "process",   [WAIT_LEADER] = "leader",
		[WAIT_CLOCK] = "clock",
	};
	return NAME_OF(names, kind);
}

const char *port_state_name(enum port_state state)
{
	static const char *const names[PORT_STATES] = {
		[PORT_UNKNOWN] = "UNKNOWN",
		[PORT_INITIALIZING] = "INITIALIZING",
		[PORT_FAULTY] = "FAULTY",
		[PORT_DISABLED] = "DISABLED",
		[PORT_LISTENING] = "LISTENING",
		[PORT_PRE_MASTER] = "PRE_MASTER",
		[PORT_MASTER] = "MASTER",
		[PORT_PASSIVE] = "PASSIVE",
		[PORT_UNCALIBRATED] = "UNCALIBRATED",
		[PORT_SLAVE] = "SLAVE",
		[PORT_GRAND_MASTER] = "GRAND_MASTER",
	};
	return NAME_OF(names, state);
}

const char *lock_name(enum lock lock)
{
	static const char *const names[] = {
		[LOCK_UNKNOWN] = "unknown",
		[LOCK_FREERUN] = "FREERUN",
		[LOCK_LOCKED] = "LOCKED",
		[LOCK_HOLDOVER] = "HOLDOVER",
	};
	return NAME_OF(names, lock);
}

const char *trouble_name(enum trouble trouble)
{
	static const char *const names[TROUBLES] = {
		[TROUBLE_NONE] = "none",
		[TROUBLE_STARTING] = "starting",
		[TROUBLE_HANG] = "hang",
		[TROUBLE_TRACED] = "traced",
		[TROUBLE_SOCKET_LOST] = "socket_lost",
		[TROUBLE_SOCKET_STOLEN] = "socket_stolen",
		[TROUBLE_SOCKET_REFUSED] = "socket_refused",
		[TROUBLE_NO_ANSWER] = "no_answer",
		[TROUBLE_STILLBORN] = "port_failed_at_start",
		[TROUBLE_FAULTY] = "port_faulty",
		[TROUBLE_STAYS_FAULTY] = "port_stays_faulty",
		[TROUBLE_NO_MASTER] = "no_master",
		[TROUBLE_MASTER_LOST] = "master_lost",
		[TROUBLE_NO_OFFSET] = "no_offset",
		[TROUBLE_RX_STAMPS] = "rx_stamps_stopped",
		[TROUBLE_TX_STAMPS] = "tx_stamps_stopped",
		[TROUBLE_SELF_ELECTED] = "self_elected",
		[TROUBLE_OTHER_STATE] = "port_state",
		[TROUBLE_UNSTEADY] = "servo_unsteady",
		[TROUBLE_PINNED] = "frequency_pinned",
		[TROUBLE_PHC_GONE] = "phc_gone",
		[TROUBLE_PHC_FROZEN] = "phc_frozen",
		[TROUBLE_PHC_RATE] = "phc_rate",
		[TROUBLE_WAITING] = "waiting_for_ptp4l",
		[TROUBLE_SILENT] = "silent",
		[TROUBLE_UNLOCKED] = "unlocked",
		[TROUBLE_OFFSET] = "offset_beyond_limit",
		[TROUBLE_CPU] = "eats_cpu",
		[TROUBLE_OWN_TIME] = "serves_own_time",
		[TROUBLE_LOG_SILENT] = "log_silent",
		[TROUBLE_RENAMED] = "interface_renamed",
	};
	return NAME_OF(names, trouble);
}

const char *hang_name(enum hang hang)
{
	static const char *const names[HANGS] = {
		[HANG_UNKNOWN] = "unknown", [HANG_STOPPED] = "stopped",
		[HANG_TRACED] = "traced",   [HANG_WRITING] = "writing",
		[HANG_KERNEL] = "kernel",   [HANG_BUSY] = "busy",
		[HANG_STARVED] = "starved", [HANG_ASLEEP] = "asleep",
	};
	return NAME_OF(names, hang);
}

const char *policy_st_name(enum policy_st state)
{
	static const char *const names[ST_COUNT] = {
		[ST_STOPPED] = "stopped",   [ST_WAITING] = "waiting",
		[ST_PROBING] = "probing",   [ST_STARTING] = "starting",
		[ST_RUNNING] = "running",   [ST_READY] = "ready",
		[ST_BACKING_OFF] = "backing-off", [ST_STOPPING] = "stopping",
	};
	return NAME_OF(names, state);
}

const char *disposition_name(enum disposition d)
{
	static const char *const names[DISPOSITIONS] = {
		[DO_RETRY] = "retry",	      [DO_WAIT] = "wait",
		[DO_ALTERNATE] = "alternate", [DO_REMEDY] = "remedy",
		[DO_RESTART_GROUP] = "restart_group",
		[DO_ESCALATE] = "escalate",   [DO_LEAVE] = "leave",
		[DO_OPERATOR] = "operator",
	};
	return NAME_OF(names, d);
}

const char *remedy_name(enum remedy remedy)
{
	static const char *const names[REMEDIES] = {
		[REMEDY_NONE] = "none",
		[REMEDY_MAKE_UDS_DIR] = "make_uds_dir",
		[REMEDY_REMOVE_STALE_SOCKET] = "remove_stale_socket",
		[REMEDY_RAISE_LIMIT] = "raise_limit",
		[REMEDY_SET_INTERFACE_UP] = "set_interface_up",
		[REMEDY_REAPPLY_GRANDMASTER] = "reapply_grandmaster",
		[REMEDY_RESUME_AFTER_PHC] = "resume_after_phc",
	};
	return NAME_OF(names, remedy);
}

const char *confidence_name(enum confidence c)
{
	static const char *const names[] = {
		[CONFIDENCE_POSSIBLE] = "possible",
		[CONFIDENCE_STRONG] = "strong",
		[CONFIDENCE_CERTAIN] = "certain",
	};
	return NAME_OF(names, c);
}

const char *verdict_kind_name(enum verdict_kind k)
{
	static const char *const names[] = {
		[VERDICT_HEALTHY] = "healthy",
		[VERDICT_CAUSE] = "cause",
		[VERDICT_UNKNOWN] = "unknown",
	};
	return NAME_OF(names, k);
}

const char *exit_kind_name(enum exit_kind kind)
{
	static const char *const names[] = {
		[EXIT_KIND_NONE] = "none",     [EXIT_KIND_EXIT] = "exit",
		[EXIT_KIND_SIGNAL] = "signal", [EXIT_KIND_EXEC] = "exec",
		[EXIT_KIND_UNKNOWN] = "unknown",
	};
	return NAME_OF(names, kind);
}

const char *launch_stage_name(enum launch_stage stage)
{
	static const char *const names[STAGES] = {
		[STAGE_NONE] = "none",	   [STAGE_OUTPUT] = "output",
		[STAGE_SESSION] = "session", [STAGE_DIRECTORY] = "directory",
		[STAGE_SCHED] = "scheduling", [STAGE_LIMITS] = "limits",
		[STAGE_USER] = "user",	   [STAGE_EXEC] = "exec",
		[STAGE_FORK] = "fork",
	};
	return NAME_OF(names, stage);
}
