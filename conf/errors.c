#include <stdarg.h>
#include <stdbool.h>
#include <string.h>

#include "errors.h"
#include "text.h"

enum { CONTEXT = 100 };	/* bytes of a long line that are shown before the place */

/* Copy the line, or the part of it that shows the place. */
static void quote(struct conf_error *e, const struct conf_where *w)
{
	size_t from = 0, len;

	if (w->raw_len >= sizeof(e->quoted) && w->column > CONTEXT)
		from = w->column - CONTEXT;
	len = w->raw_len - from;
	if (len >= sizeof(e->quoted))
		len = sizeof(e->quoted) - 1;
	memcpy(e->quoted, w->raw + from, len);
	e->quoted[len] = '\0';
	for (size_t i = 0; i < len; i++)
		if (e->quoted[i] == '\0' || e->quoted[i] == '\t')
			e->quoted[i] = e->quoted[i] ? ' ' : '?';
	e->caret = w->column ? w->column - (unsigned)from : 0;
	if (e->caret > len + 1)
		e->caret = (unsigned)len + 1;
}

struct conf_error *conf_errors_add(struct conf_errors *errs, struct conf_where where,
				   const char *fmt, ...)
{
	struct conf_error *e = errs->n < CONF_ERRORS_MAX ? &errs->at[errs->n] : &errs->spare;
	va_list ap;

	if (e == &errs->spare)
		errs->dropped++;
	else
		errs->n++;
	memset(e, 0, sizeof(*e));
	snprintf(e->file, sizeof(e->file), "%s", where.file ? where.file : "");
	e->line = where.line;
	e->column = where.column;
	if (where.raw)
		quote(e, &where);
	va_start(ap, fmt);
	vsnprintf(e->text, sizeof(e->text), fmt, ap);
	va_end(ap);
	return e;
}

/* For each error the first one about the same file. */
static void rank(const struct conf_errors *errs, unsigned of[CONF_ERRORS_MAX])
{
	for (unsigned i = 0; i < errs->n; i++) {
		of[i] = 0;
		while (strcmp(errs->at[of[i]].file, errs->at[i].file))
			of[i]++;
	}
}

static bool same_file_later(const struct conf_error *a, const struct conf_error *b)
{
	return a->line != b->line ? a->line > b->line : a->column > b->column;
}

void conf_errors_sort(struct conf_errors *errs)
{
	unsigned of[CONF_ERRORS_MAX];

	rank(errs, of);
	for (unsigned i = 1; i < errs->n; i++) {
		unsigned at = i, mine = of[i];

		errs->spare = errs->at[i];
		for (; at > 0 && (of[at - 1] > mine || (of[at - 1] == mine &&
				  same_file_later(&errs->at[at - 1], &errs->spare))); at--) {
			errs->at[at] = errs->at[at - 1];
			of[at] = of[at - 1];
		}
		errs->at[at] = errs->spare;
		of[at] = mine;
	}
}

static void print_escaped(FILE *out, const char *bytes, size_t len)
{
	char room[4 * sizeof(((struct conf_error *)0)->quoted) + 1];
	struct text t = text_in(room, sizeof(room));

	text_add_escaped(&t, bytes, len);
	fputs(room, out);
}

/* Columns that the first `len` bytes take on the terminal. */
static int width(const char *bytes, size_t len)
{
	char room[4 * sizeof(((struct conf_error *)0)->quoted) + 1];
	struct text t = text_in(room, sizeof(room));
	int n = 0;

	text_add_escaped(&t, bytes, len);
	for (const char *c = room; *c; c++)
		n += ((unsigned char)*c & 0xc0) != 0x80;
	return n;
}

static void print_place(FILE *out, const struct conf_error *e)
{
	if (!*e->file)
		return;
	print_escaped(out, e->file, strlen(e->file));
	if (e->line)
		fprintf(out, ":%u", e->line);
	if (e->line && e->column)
		fprintf(out, ":%u", e->column);
	fputs(": ", out);
}

void conf_errors_print(const struct conf_errors *errs, FILE *out)
{
	for (unsigned i = 0; i < errs->n; i++) {
		const struct conf_error *e = &errs->at[i];

		print_place(out, e);
		print_escaped(out, e->text, strlen(e->text));
		if (*e->nearest)
			fprintf(out, "; did you mean \"%s\"?", e->nearest);
		fputc('\n', out);
		if (*e->quoted) {
			fputs("    ", out);
			print_escaped(out, e->quoted, strlen(e->quoted));
			fputc('\n', out);
		}
		if (e->caret)
			fprintf(out, "    %*s^\n", width(e->quoted, e->caret - 1), "");
		if (*e->accepted)
			fprintf(out, "    accepted: %s\n", e->accepted);
	}
	if (errs->dropped)
		fprintf(out, "%u more errors are not shown\n", errs->dropped);
}
