/* Writing a fingerprint. Pure. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "fingerprint.h"
#include "text.h"

void fingerprint_init(struct fingerprint *f)
{
	f->len = 0;
	f->cut = false;
	f->text[0] = '\0';
}

static void one_line(char *s)
{
	for (; *s; s++)
		if ((unsigned char)*s < ' ')
			*s = ' ';
}

void fingerprint_add(struct fingerprint *f, const char *item, const char *subject, int64_t when,
		     const char *fmt, ...)
{
	char name[96], value[FINGERPRINT_VALUE_MAX];
	struct text t = { f->text, sizeof(f->text), f->len, false };
	va_list ap;

	snprintf(name, sizeof(name), "%s%s%s", item, subject ? " " : "", subject ? subject : "");
	va_start(ap, fmt);
	vsnprintf(value, sizeof(value), fmt, ap);
	va_end(ap);
	one_line(name);
	one_line(value);
	text_add(&t, "%s\t%s", name, value);
	if (when > 0)
		text_add(&t, "\t%lld", (long long)when);
	text_add(&t, "\n");
	if (t.cut) {
		f->cut = true;
		f->text[f->len] = '\0';
		return;
	}
	f->len = (unsigned)t.len;
}

void fingerprint_unknown(struct fingerprint *f, const char *item, const char *subject)
{
	fingerprint_add(f, item, subject, 0, "?");
}
