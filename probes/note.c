/* How probes write down what they found. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "note.h"
#include "text.h"

static const char placeholder[] = "{subject}";

static void advise(struct finding *f)
{
	const struct finding_doc *doc = finding_doc(f->id);
	struct text t = text_in(f->advice, sizeof(f->advice));
	const char *s = doc ? doc->fix : "", *hole;

	while ((hole = strstr(s, placeholder))) {
		text_add(&t, "%.*s%s", (int)(hole - s), s, f->subject);
		s = hole + strlen(placeholder);
	}
	text_add(&t, "%s", s);
}

static struct finding *vnote(struct probe_out *out, const char *id, enum finding_state state,
			     const char *subject, const char *fmt, va_list ap)
{
	struct finding *f = findings_add(&out->findings, id, state, subject, "%s", "");

	vsnprintf(f->detail, sizeof(f->detail), fmt, ap);
	if (state == FINDING_WARN || state == FINDING_BLOCK)
		advise(f);
	return f;
}

struct finding *note(struct probe_out *out, const char *id, enum finding_state state,
		     const char *subject, const char *fmt, ...)
{
	struct finding *f;
	va_list ap;

	va_start(ap, fmt);
	f = vnote(out, id, state, subject, fmt, ap);
	va_end(ap);
	return f;
}

struct finding *note_block(struct probe_out *out, const char *id, enum wait_kind clears,
			   const char *subject, const char *fmt, ...)
{
	struct finding *f;
	va_list ap;

	va_start(ap, fmt);
	f = vnote(out, id, FINDING_BLOCK, subject, fmt, ap);
	va_end(ap);
	note_clears(f, clears, subject, 0);
	return f;
}

void note_clears(struct finding *f, enum wait_kind kind, const char *subject, pid_t pid)
{
	bool fits = strlen(subject) < sizeof(f->clears.subject);

	f->clears = (struct waitfor){ .kind = fits ? kind : WAIT_NONE, .pid = fits ? pid : 0 };
	if (fits)
		strcpy(f->clears.subject, subject);
}
