#include <string.h>

#include "logmatch.h"

struct walk {
	const struct catalogue *c;
	const char *end;
	struct logmatch *out;
};

static bool descend(struct walk *w, const struct catalogue_node *node, const char *at);

static bool in_class(unsigned type, unsigned char ch)
{
	switch (type) {
	case EDGE_INT:
		return (ch >= '0' && ch <= '9') || ch == '-' || ch == '+';
	case EDGE_NUM:
		return (ch >= '0' && ch <= '9') || ch == '-' || ch == '+' || ch == '.' || ch == 'e';
	case EDGE_CAPS:
		return (ch >= 'A' && ch <= 'Z') || (ch >= '0' && ch <= '9') || ch == '_';
	case EDGE_DEV:
	case EDGE_WORD:
		return ch != ' ' && ch != '\t';
	default:
		return true;
	}
}

static bool take_field(struct walk *w, const struct catalogue_node *node, const char *at, size_t len)
{
	unsigned mine = w->out->fields;

	if (!len || mine == CATALOGUE_FIELDS_MAX)
		return false;
	w->out->field[mine] = (struct span){ at, len };
	w->out->fields = mine + 1;
	if (descend(w, node, at + len))
		return true;
	w->out->fields = mine;
	return false;
}

/*
 * What must follow a field: the first byte of its only child, -1 when there are several. It spares
 * most of the attempts to end the field somewhere.
 */
static int byte_behind(const struct walk *w, const struct catalogue_node *node)
{
	const struct catalogue_node *child = w->c->node + node->first;

	return node->children == 1 && node->literals == 1 && node->pattern == MESSAGE_NONE ?
	       (unsigned char)w->c->label[child->label] : -1;
}

static const struct catalogue_node *literal_child(const struct walk *w,
						  const struct catalogue_node *node, char first)
{
	const struct catalogue_node *base = w->c->node + node->first;
	unsigned low = 0, high = node->literals;

	while (low < high) {
		unsigned mid = (low + high) / 2;
		unsigned char here = (unsigned char)w->c->label[base[mid].label];

		if (here == (unsigned char)first)
			return &base[mid];
		if (here < (unsigned char)first)
			low = mid + 1;
		else
			high = mid;
	}
	return NULL;
}

/* Is what stands behind a field the beginning of something? Most ends of a field are refused here. */
static bool may_follow(const struct walk *w, const struct catalogue_node *node, const char *at)
{
	const struct catalogue_node *child;

	if (!(w->c->after[node->label] >> (*at & 63) & 1))
		return false;
	if (!node->label)
		return true;
	child = literal_child(w, node, *at);
	return child && child->len <= (size_t)(w->end - at) &&
	       !memcmp(w->c->label + child->label, at, child->len);
}

enum { STOPS_MAX = 4 };

/* Where a free text may end: the next place of each byte that may follow it. */
struct stops {
	unsigned n;
	unsigned char byte[STOPS_MAX];
	const char *next[STOPS_MAX];
};

static bool few_stops(const struct walk *w, const struct catalogue_node *node, const char *at,
		      struct stops *s)
{
	s->n = node->children;
	if (!node->label || node->children > STOPS_MAX)
		return false;
	for (unsigned i = 0; i < s->n; i++) {
		s->byte[i] = (unsigned char)w->c->label[w->c->node[node->first + i].label];
		s->next[i] = at;
	}
	return true;
}

/* The first stop at or behind `from`, NULL when there is none. */
static const char *next_stop(struct stops *s, const char *from, const char *end)
{
	const char *first = NULL;

	for (unsigned i = 0; i < s->n; i++) {
		if (s->next[i] && s->next[i] <= from)
			s->next[i] = memchr(from, s->byte[i], (size_t)(end - from));
		if (s->next[i] && (!first || s->next[i] < first))
			first = s->next[i];
	}
	return first;
}

/* The shortest text first. */
static bool match_free_text(struct walk *w, const struct catalogue_node *node, const char *at)
{
	size_t left = (size_t)(w->end - at);
	struct stops stops;
	bool few;

	if (!node->children)
		return take_field(w, node, at, left);
	few = few_stops(w, node, at, &stops);
	for (const char *end = at + 1; end <= w->end; end++) {
		if (few)
			end = next_stop(&stops, end, w->end);
		if (!end)
			return false;
		if (end < w->end && !may_follow(w, node, end))
			continue;
		if (take_field(w, node, at, (size_t)(end - at)))
			return true;
	}
	return false;
}

/* The longest word first. */
static bool match_word(struct walk *w, const struct catalogue_node *node, const char *at, size_t most)
{
	int behind = byte_behind(w, node);

	for (size_t n = most; n > 0; n--) {
		if (behind >= 0 && (at + n == w->end || (unsigned char)at[n] != behind))
			continue;
		if (at + n < w->end && !may_follow(w, node, at + n))
			continue;
		if (take_field(w, node, at, n))
			return true;
	}
	return false;
}

static bool match_field(struct walk *w, const struct catalogue_node *node, const char *at)
{
	size_t most = 0, left = (size_t)(w->end - at);

	if (node->type == EDGE_TEXT)
		return match_free_text(w, node, at);
	if (node->type == EDGE_DEV && (left < 5 || memcmp(at, "/dev/", 5)))
		return false;
	while (most < left && in_class(node->type, (unsigned char)at[most]))
		most++;
	return node->type < EDGE_DEV ? take_field(w, node, at, most) : match_word(w, node, at, most);
}

static bool match_literal(struct walk *w, const struct catalogue_node *node, const char *at)
{
	const struct catalogue_node *child = literal_child(w, node, *at);

	return child && child->len <= (size_t)(w->end - at) &&
	       !memcmp(w->c->label + child->label, at, child->len) &&
	       descend(w, child, at + child->len);
}

/* A free text at the very end of a pattern may be empty. */
static bool ends_here(struct walk *w, const struct catalogue_node *node)
{
	const struct catalogue_node *last = w->c->node + node->first + node->children - 1;

	w->out->pattern = node->pattern;
	if (node->pattern == MESSAGE_NONE && node->children && last->type == EDGE_TEXT &&
	    last->pattern != MESSAGE_NONE && w->out->fields < CATALOGUE_FIELDS_MAX) {
		w->out->pattern = last->pattern;
		w->out->field[w->out->fields++] = (struct span){ w->end, 0 };
	}
	return w->out->pattern != MESSAGE_NONE;
}

static bool descend(struct walk *w, const struct catalogue_node *node, const char *at)
{
	const struct catalogue_node *base = w->c->node + node->first;

	if (at == w->end)
		return ends_here(w, node);
	if (match_literal(w, node, at))
		return true;
	for (unsigned i = node->literals; i < node->children; i++)
		if (match_field(w, &base[i], at))
			return true;
	return false;
}

bool logmatch_text(const struct catalogue *c, const char *text, size_t len, struct logmatch *out)
{
	struct walk w = { c, text + len, out };

	out->fields = 0;
	if (!len || !descend(&w, c->node, text))
		return false;
	out->message = c->pattern[out->pattern].message;
	out->id = catalogue_id(c, out->message);
	return true;
}

/* Behind a message tag, a driver's name and address, or a prefix that we do not know. */
static bool match_behind(const struct catalogue *c, struct span text, char mark,
			 struct logmatch *out)
{
	const char *at = text.at, *end = text.at + text.len;

	for (int tries = 0; tries < 4; tries++) {
		at = memchr(at, mark, (size_t)(end - at));
		if (!at || ++at >= end)
			return false;
		if (mark == ':' && *at != ' ')
			continue;
		at += mark == ':';
		if (logmatch_text(c, at, (size_t)(end - at), out))
			return true;
		if (mark == ' ')
			return false;
	}
	return false;
}

bool logmatch_line(const struct catalogue *c, const struct logline *line, struct logmatch *out)
{
	return logmatch_text(c, line->text.at, line->text.len, out) ||
	       match_behind(c, line->text, ':', out) || match_behind(c, line->text, ' ', out);
}

bool logmatch(const struct catalogue *c, const char *line, size_t len, struct logmatch *out)
{
	struct logline parsed;

	logline_parse(&parsed, line, len);
	return logmatch_line(c, &parsed, out);
}
