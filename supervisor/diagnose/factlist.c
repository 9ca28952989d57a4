#include <stdlib.h>
#include <string.h>

#include "evidence.h"
#include "factlist.h"

enum { LIST_MAX = FACTS_MAX + DERIVED_MAX + DIGEST_SEEN_MAX, VALUE_BYTES = 160 };

/* Where a line comes from: a fact, or a message of the log. */
struct item {
	const char *prefix, *name;
	const struct fact *fact;
	const struct log_seen *seen;
};

struct list {
	unsigned n;
	struct item at[LIST_MAX];
};

static int compare(const struct item *a, const struct item *b)
{
	int prefix = strcmp(*a->prefix ? a->prefix : a->name, *b->prefix ? b->prefix : b->name);

	return prefix ? prefix : strcmp(a->name, b->name);
}

static void insert(struct list *l, struct item new)
{
	unsigned at = l->n;

	if (l->n == LIST_MAX)
		return;
	for (; at > 0 && compare(&new, &l->at[at - 1]) < 0; at--)
		l->at[at] = l->at[at - 1];
	l->at[at] = new;
	l->n++;
}

static void gather(const struct known *k, struct list *l)
{
	for (unsigned i = 0; k->facts && i < k->facts->n; i++)
		insert(l, (struct item){ "", k->facts->at[i].name, &k->facts->at[i], NULL });
	for (unsigned i = 0; i < k->derived_n; i++)
		insert(l, (struct item){ "", k->derived[i].name, &k->derived[i], NULL });
	for (unsigned i = 0; k->log && i < k->log->seen_n; i++)
		insert(l, (struct item){ "log.", catalogue_id(k->rules->catalogue,
							      k->log->seen[i].message),
					 NULL, &k->log->seen[i] });
}

/* A line is a line: no tabs and no line ends inside. */
static void add_plain(struct text *out, const char *s)
{
	for (; *s; s++)
		text_add(out, "%c", (unsigned char)*s < ' ' ? ' ' : *s);
}

static void add_at(struct text *out, msec_t at)
{
	if (at != MSEC_NONE && at > 0)
		text_add(out, "%lld", (long long)at);
}

static void add_item(const struct known *k, const struct item *i, struct text *out)
{
	char room[VALUE_BYTES];
	struct text value = text_in(room, sizeof(room));
	const struct fact *f = i->fact;

	text_add(out, "%s%s\t%s\t", i->prefix, i->name, f ? (f->source ? f->source : "?") : "log");
	add_at(out, f ? f->at : i->seen->last);
	text_add(out, "\t%c", f && !f->known ? '?' : '=');
	if (f) {
		add_plain(out, f->value);
	} else {
		log_seen_text(k->rules, i->seen, &value);
		add_plain(out, room);
		if (i->seen->count > 1)
			text_add(out, " (%u times)", (unsigned)i->seen->count);
	}
	text_add(out, "\n");
}

void factlist_write(const struct rulebase *rules, const struct facts *facts,
		    const struct log_digest *log, msec_t now, struct text *out)
{
	struct known known;
	struct list list;

	list.n = 0;
	known_init(&known, rules, facts, log, now);
	gather(&known, &list);
	for (unsigned i = 0; i < list.n; i++) {
		size_t before = out->len;

		add_item(&known, &list.at[i], out);
		if (out->cut) {	/* whole lines only */
			out->len = before;
			out->at[before] = '\0';
			return;
		}
	}
}

static const char *field(const char **at, char end, int *len)
{
	const char *start = *at;

	while (**at && **at != end && **at != '\n')
		++*at;
	*len = (int)(*at - start);
	if (**at == end)
		++*at;
	return start;
}

bool factlist_next(const char **list, struct factline *out)
{
	const char *at;
	int len;

	if (!**list)
		return false;
	out->name = field(list, '\t', &out->name_len);
	out->source = field(list, '\t', &out->source_len);
	at = field(list, '\t', &len);
	out->at = len ? strtoll(at, NULL, 10) : MSEC_NONE;
	out->known = **list != '?';
	if (**list == '=' || **list == '?')
		++*list;
	out->value = field(list, '\n', &out->value_len);
	return true;
}

const char *factline_type(const struct factline *line)
{
	char room[32];
	char *end;

	if (line->value_len >= (int)sizeof(room) || !line->value_len)
		return "text";
	memcpy(room, line->value, (size_t)line->value_len);
	room[line->value_len] = '\0';
	if (!strcmp(room, "yes") || !strcmp(room, "no"))
		return "boolean";
	(void)strtod(room, &end);
	return *end ? "text" : "number";
}
