/* What each key of the timeline does. */
#include <stdio.h>
#include <string.h>

#include "page.h"

static void say(struct page *p, const char *what)
{
	snprintf(p->message, sizeof(p->message), "%s", what);
}

static void step(struct page *p, long by)
{
	if (p->view == PAGE_FACTS)
		p->scroll = by < 0 && p->scroll < (unsigned)-by ? 0 : (unsigned)((long)p->scroll + by);
	else
		cursor_go(&p->cursor, (long)p->cursor.place + by);
}

static void jump(struct page *p, long what_and_way)
{
	int by = what_and_way < 0 ? -1 : 1;

	if (!cursor_jump(&p->cursor, (enum jump)(what_and_way * by - 1), by))
		say(p, by > 0 ? "no further one" : "none before this");
}

static void screenful(struct page *p, long by)
{
	step(p, by * (long)(p->rows / 2));
}

static void end(struct page *p, long which)
{
	cursor_go(&p->cursor, which < 0 ? 0 : (long)p->cursor.reel->n);
}

/* Headings are no values. */
static void choose(struct page *p, long by)
{
	for (unsigned tries = 0; tries < p->panel.n; tries++) {
		p->chosen = (unsigned)((long)(p->chosen + p->panel.n) + by) % p->panel.n;
		if (p->panel.line[p->chosen].tag)
			return;
	}
}

static void when(struct page *p, long unused)
{
	const struct panel_line *l = &p->panel.line[p->chosen];

	if (p->chosen >= p->panel.n || !l->tag)
		say(p, "choose a value with Tab first");
	else if (cursor_origin(&p->cursor, l->subject, l->tag) < 0)
		say(p, "it has been so since before the recording begins");
	else
		snprintf(p->message, sizeof(p->message), "%s became so here: %s",
			 flight_tag_name(l->tag), l->text);
}

static void toggle_diff(struct page *p, long unused)
{
	p->diff = !p->diff;
	p->chosen = 0;
}

static void view(struct page *p, long which)
{
	p->view = p->view == (enum page_view)which ? PAGE_EVENTS : (enum page_view)which;
	p->scroll = 0;
}

static void begin_search(struct page *p, long unused)
{
	p->typing = true;
	p->search[0] = '\0';
}

static void search(struct page *p, long by)
{
	if (!*p->search)
		say(p, "nothing to search for: type / first");
	else if (!cursor_search(&p->cursor, p->search, (int)by))
		say(p, by > 0 ? "not found from here on" : "not found before here");
}

static void reread(struct page *p, long unused)
{
	p->reread = true;
}

static void quit(struct page *p, long unused)
{
	if (p->view == PAGE_EVENTS)
		p->quit = true;
	p->view = PAGE_EVENTS;
}

/* `arg` of jump: the kind and one more, negative for backwards. */
static const struct binding {
	int key;
	void (*fn)(struct page *p, long arg);
	long arg;
} bindings[] = {
	{ KEY_UP, step, -1 }, { 'k', step, -1 }, { KEY_DOWN, step, 1 }, { 'j', step, 1 },
	{ KEY_PAGE_UP, screenful, -1 }, { 'b', screenful, -1 },
	{ KEY_PAGE_DOWN, screenful, 1 }, { ' ', screenful, 1 },
	{ KEY_HOME, end, -1 }, { 'g', end, -1 }, { KEY_END, end, 1 }, { 'G', end, 1 },
	{ 'n', jump, JUMP_CHANGE + 1 }, { 'p', jump, -(JUMP_CHANGE + 1) },
	{ 'd', jump, JUMP_DECISION + 1 }, { 'D', jump, -(JUMP_DECISION + 1) },
	{ 's', jump, JUMP_SYMPTOM + 1 }, { 'S', jump, -(JUMP_SYMPTOM + 1) },
	{ 'i', jump, JUMP_INCIDENT + 1 }, { 'I', jump, -(JUMP_INCIDENT + 1) },
	{ 'o', jump, JUMP_COMMAND + 1 }, { 'O', jump, -(JUMP_COMMAND + 1) },
	{ '\t', choose, 1 }, { KEY_BACKTAB, choose, -1 },
	{ 'w', when, 0 }, { '=', toggle_diff, 0 },
	{ '\r', view, PAGE_FACTS }, { '\n', view, PAGE_FACTS }, { '?', view, PAGE_HELP },
	{ '/', begin_search, 0 }, { 'f', search, 1 }, { 'F', search, -1 },
	{ 'u', reread, 0 }, { 'q', quit, 0 }, { 3, quit, 0 },
};

static void type(struct page *p, int key)
{
	size_t len = strlen(p->search);

	if (key == '\r' || key == '\n') {
		p->typing = false;
		search(p, 1);
	} else if (key == '\b' || key == 127) {
		p->search[len ? len - 1 : 0] = '\0';
	} else if (key == 3 || key == 27) {
		p->typing = false;
	} else if (key >= ' ' && key < 127 && len + 1 < sizeof(p->search)) {
		p->search[len] = (char)key;
		p->search[len + 1] = '\0';
	}
}

void page_key(struct page *p, int key)
{
	p->message[0] = '\0';
	if (p->typing) {
		type(p, key);
		return;
	}
	for (size_t i = 0; i < ARRAY_LEN(bindings); i++)
		if (bindings[i].key == key) {
			bindings[i].fn(p, bindings[i].arg);
			return;
		}
	say(p, "? lists the keys");
}
