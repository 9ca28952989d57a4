#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "changes.h"

enum {
	LIST = 1,	/* what is not named is not there: additions and removals are changes */
	SUBJECT = 2,	/* shown: it tells more than the value */
	ON_DISK = 4,	/* a run that began before it changed does not use it */
	ALTERNATE = 8,	/* another alternate has another one */
	OPAQUE = 16,	/* the value says nothing to anybody */
};

enum { RECENT_MAX = 4, GOOD_HOURS = 8, NOT_IN_USE = 30, WEIGHT_OTHER = 50 };

/* A new item is a new row. */
static const struct item {
	const char *name;	/* in the fingerprint */
	const char *fact;
	const char *about;	/* beginnings of the facts that it may have changed */
	unsigned weight;	/* 0 to 100 */
	unsigned is;
} items[] = {
	{ "command", "change.command", "exec.|ptp4l.|phc2sys.|block.config|block.binary", 100,
	  ON_DISK | ALTERNATE },
	{ "config", "change.config", "config.|ptp4l.|phc2sys.|block.config|block.uds|uds.", 100,
	  LIST | SUBJECT | ON_DISK | ALTERNATE },
	{ "package", "change.package", "exec.|exit.signal|tool.|ptp4l.version|block.binary", 90,
	  ON_DISK },
	{ "library", "change.library", "exec.|exit.signal|block.binary", 90,
	  LIST | SUBJECT | ON_DISK },
	{ "kernel", "change.kernel", "host.kernel|phc.|iface.hw|block.ts|block.phc", 80, 0 },
	{ "cmdline", "change.kernel_cmdline", "host.|phc.", 80, 0 },
	{ "driver", "change.driver", "iface.driver|iface.hw|block.ts", 80, 0 },
	{ "firmware", "change.firmware", "iface.firmware|iface.tx_ts", 80, 0 },
	{ "phc", "change.phc", "phc.|iface.phc|block.phc", 80, 0 },
	{ "stamping", "change.stamping", "iface.hw|iface.rx_filters|block.ts", 80, 0 },
	{ "hardware", "change.hardware", "iface.exists|phc.|block.link", 70, 0 },
	{ "link", "change.network", "iface.carrier|iface.up|iface.speed|iface.ipv|block.link", 70, 0 },
	{ "qdisc", "change.qdisc", "iface.qdisc|iface.tx_ts", 70, 0 },
	{ "daemon", "change.daemons", "rival.|uds.taken|block.rival|warn.rival", 70, LIST | SUBJECT },
	{ "rights", "change.rights", "proc.|phc.open|block.privileges", 60, ON_DISK },
	{ "clocksource", "change.clocksource", "offset.|clock.", 60, 0 },
	{ "image", "change.image", "exec.|host.|file.|uds.", 50, 0 },
	{ "boot", "change.boot", "host.|phc.exists|iface.exists|iface.carrier", 50, OPAQUE },
	{ "ptpwarden", "change.ptpwarden", "exec.", 50, 0 },
	{ "master", "change.master", "offset.|net.|ptp4l.port_state", 40, 0 },
};

struct part {
	const char *at;
	size_t len;
};

/* One line of a fingerprint. */
struct entry {
	struct part key, subject, value;	/* key: item and subject */
	const struct item *item;	/* NULL: not one that is compared */
	int64_t when;
};

struct found {
	const struct item *item;
	unsigned suspicion;
	int64_t when;
	char text[FACT_VALUE_MAX];
};

struct comparison {
	const char *old, *new;
	const struct changes_when *when;
	bool same_alternate;
	unsigned n;
	struct found found[CHANGES_MAX];
};

static bool is(struct part p, const char *word)
{
	return p.len == strlen(word) && !memcmp(p.at, word, p.len);
}

static bool same(struct part a, struct part b)
{
	return a.len == b.len && !memcmp(a.at, b.at, a.len);
}

static const struct item *item_of(struct part name)
{
	for (size_t i = 0; i < ARRAY_LEN(items); i++)
		if (is(name, items[i].name))
			return &items[i];
	return NULL;
}

/* Take the line at `*text` and step behind it; false at the end. */
static bool next_entry(const char **text, struct entry *e)
{
	const char *at = *text, *tab = at + strcspn(at, "\t\n"), *blank;

	if (!*at)
		return false;
	*e = (struct entry){ .key = { at, (size_t)(tab - at) } };
	blank = memchr(at, ' ', e->key.len);
	e->item = item_of((struct part){ at, blank ? (size_t)(blank - at) : e->key.len });
	if (blank)
		e->subject = (struct part){ blank + 1, (size_t)(tab - blank - 1) };
	if (*tab == '\t') {
		e->value.at = tab + 1;
		e->value.len = strcspn(e->value.at, "\t\n");
		tab = e->value.at + e->value.len;
	}
	if (*tab == '\t')
		e->when = strtoll(tab + 1, NULL, 10);
	at = tab + strcspn(tab, "\n");
	*text = *at ? at + 1 : at;
	return true;
}

static bool find(const char *text, struct part key, struct entry *out)
{
	while (next_entry(&text, out))
		if (same(out->key, key))
			return true;
	return false;
}

static bool find_word(const char *text, const char *key, struct entry *out)
{
	return find(text, (struct part){ key, strlen(key) }, out);
}

/* A list that could not be read, or has no entry at all, tells nothing of its members. */
static bool listed(const char *text, const struct item *item)
{
	struct entry e;
	bool any = false;

	while (next_entry(&text, &e)) {
		if (e.item == item && !e.subject.len && is(e.value, "?"))
			return false;
		any |= e.item == item;
	}
	return any;
}

static unsigned accepted(const char *baseline, const struct item *item)
{
	char key[48];
	struct entry e;

	snprintf(key, sizeof(key), "accepted %s", item->name);
	return find_word(baseline, key, &e) ? (unsigned)strtoul(e.value.at, NULL, 10) : 0;
}

/* --- what differs --- */

static void keep(struct comparison *c, const struct found *f)
{
	unsigned at = c->n < CHANGES_MAX ? c->n++ : CHANGES_MAX;

	for (; at > 0 && c->found[at - 1].suspicion < f->suspicion; at--)
		if (at < CHANGES_MAX)
			c->found[at] = c->found[at - 1];
	if (at < CHANGES_MAX)
		c->found[at] = *f;
}

static bool in_use(const struct comparison *c, const struct item *item, int64_t when)
{
	return !(item->is & ON_DISK) || !c->when->started_wall || when <= c->when->started_wall;
}

static void add_side(struct text *t, const struct item *item, const struct entry *e)
{
	struct part s = e->subject;

	if (s.len && item->is & SUBJECT)
		text_add(t, "%.*s%s", (int)s.len, s.at, e->value.len ? " " : "");
	text_add(t, "%.*s", (int)e->value.len, e->value.at);
}

/* The moment of the entry itself, else of the list as a whole: the time of its file. */
static int64_t since(const char *text, const struct item *item, const struct entry *e)
{
	struct entry any;

	if (e && e->when)
		return e->when;
	while (item->is & LIST && next_entry(&text, &any))
		if (any.item == item && !any.subject.len)
			return any.when;
	return 0;
}

static void differs(struct comparison *c, const struct entry *old, const struct entry *new)
{
	const struct item *item = old ? old->item : new->item;
	struct found f = { .item = item, .when = since(c->new, item, new) };
	struct text t = text_in(f.text, sizeof(f.text));

	if (item->is & ALTERNATE && !c->same_alternate)
		return;
	f.suspicion = item->weight / (1 + accepted(c->old, item));
	if (!in_use(c, item, f.when))
		f.suspicion = f.suspicion * NOT_IN_USE / 100;
	if (item->is & OPAQUE)
		text_add(&t, "an earlier one");
	else if (old)
		add_side(&t, item, old);
	else
		text_add(&t, "none");
	text_add(&t, " -> ");
	if (item->is & OPAQUE)
		text_add(&t, "this one");
	else if (new)
		add_side(&t, item, new);
	else
		text_add(&t, "none");
	keep(c, &f);
}

/* The entry of a list that has no subject speaks for all of it. */
static bool comparable(const struct entry *e)
{
	return e->item && !is(e->value, "?") && (e->subject.len || !(e->item->is & LIST));
}

static void compare_lists(struct comparison *c, const struct item *item)
{
	const char *text = c->old;
	struct entry e, other;

	if (!(item->is & LIST) || !listed(c->old, item) || !listed(c->new, item))
		return;
	while (next_entry(&text, &e))
		if (e.item == item && e.subject.len && !find(c->new, e.key, &other))
			differs(c, &e, NULL);
	text = c->new;
	while (next_entry(&text, &e))
		if (e.item == item && e.subject.len && !find(c->old, e.key, &other))
			differs(c, NULL, &e);
}

static void compare(struct comparison *c)
{
	const char *text = c->new;
	struct entry e, old;

	while (next_entry(&text, &e))
		if (comparable(&e) && find(c->old, e.key, &old) && comparable(&old) &&
		    !same(old.value, e.value))
			differs(c, &old, &e);
	for (size_t i = 0; i < ARRAY_LEN(items); i++)
		compare_lists(c, &items[i]);
}

/* Changes of the baseline itself that have not yet proved themselves for long. */
static void compare_recent(struct comparison *c)
{
	const char *text = c->old;
	struct entry e;

	while (next_entry(&text, &e)) {
		struct found f = { .when = 0 };
		int64_t good;

		if (e.key.len < 8 || memcmp(e.key.at, "recent ", 7))
			continue;
		f.item = item_of(e.subject);
		good = e.when + c->when->good_s;
		if (!f.item || good / 3600 >= GOOD_HOURS)
			continue;
		f.suspicion = f.item->weight / 2 / (accepted(c->old, f.item) ?: 1) >> good / 3600;
		snprintf(f.text, sizeof(f.text), "%.*s", (int)e.value.len, e.value.at);
		keep(c, &f);
	}
}

/* --- facts --- */

static msec_t moment_of(const struct changes_when *w, int64_t when)
{
	if (when <= 0 || when > w->wall || (w->wall - when) * SEC > w->now + 1000 * 24 * HOUR)
		return MSEC_NONE;
	return w->now - (w->wall - when) * SEC;
}

static void set_fact(const struct comparison *c, unsigned i, struct facts *out)
{
	const struct found *f = &c->found[i];
	char name[FACT_NAME_MAX];
	unsigned nth = 1;

	for (unsigned k = 0; k < i; k++)
		nth += c->found[k].item == f->item;
	snprintf(name, sizeof(name), nth > 1 ? "%s.%u" : "%s", f->item->fact, nth);
	facts_set(out, "fingerprint", moment_of(c->when, f->when), name, "%s", f->text);
	for (unsigned k = 0; k < out->n; k++)
		if (!strcmp(out->at[k].name, name))
			out->at[k].suspicion = (uint8_t)f->suspicion;
}

void changes_facts(const char *baseline, const char *now, const struct changes_when *when,
		   struct facts *out)
{
	struct comparison c = { .old = baseline, .new = now, .when = when, .same_alternate = true };
	struct entry a, b;

	if (!baseline) {
		facts_set(out, "fingerprint", when->now, "good.age_s", "never");
		return;
	}
	if (find_word(baseline, "good", &a) && a.when && a.when <= when->wall)
		facts_set(out, "fingerprint", when->now, "good.age_s", "%lld",
			  (long long)(when->wall - a.when));
	else
		facts_unknown(out, "fingerprint", "good.age_s", "the clock was set since");
	if (find_word(baseline, "alternate", &a) && find_word(now, "alternate", &b))
		c.same_alternate = same(a.value, b.value);
	compare(&c);
	compare_recent(&c);
	for (unsigned i = 0; i < c.n; i++)
		if (c.found[i].suspicion)
			set_fact(&c, i, out);
}

/* "change.config.2" is of the item of "change.config" */
static const struct item *item_of_fact(const char *fact)
{
	for (size_t i = 0; i < ARRAY_LEN(items); i++) {
		size_t len = strlen(items[i].fact);

		if (!strncmp(fact, items[i].fact, len) && (!fact[len] || fact[len] == '.'))
			return &items[i];
	}
	return NULL;
}

unsigned changes_weight(const char *fact)
{
	const struct item *item = item_of_fact(fact);

	return item ? item->weight : WEIGHT_OTHER;
}

bool changes_concern(const char *fact, const char *name)
{
	const struct item *item = item_of_fact(fact);
	const char *begin = item ? item->about : "";

	if (!strcmp(item ? item->fact : fact, name))
		return true;
	for (size_t len; *begin; begin += len + (begin[len] == '|')) {
		len = strcspn(begin, "|");
		if (!strncmp(begin, name, len))
			return true;
	}
	return false;
}

/* --- the next baseline --- */

static void add_accepted(const struct comparison *c, struct text *out)
{
	for (size_t i = 0; i < ARRAY_LEN(items); i++) {
		unsigned n = c->old ? accepted(c->old, &items[i]) : 0;

		for (unsigned k = 0; k < c->n; k++)
			if (c->found[k].item == &items[i]) {
				n++;
				break;
			}
		if (n)
			text_add(out, "accepted %s\t%u\n", items[i].name, n < 255 ? n : 255);
	}
}

static void add_recent(const struct comparison *c, int64_t good_s, struct text *out)
{
	const char *text = c->old ? c->old : "";
	unsigned n = 0;
	struct entry e;

	for (; n < c->n && n < RECENT_MAX; n++)
		text_add(out, "recent %s\t%s\t%d\n", c->found[n].item->name, c->found[n].text, 0);
	while (next_entry(&text, &e) && n < RECENT_MAX)
		if (e.key.len > 7 && !memcmp(e.key.at, "recent ", 7) &&
		    (e.when + good_s) / 3600 < GOOD_HOURS) {
			text_add(out, "%.*s\t%.*s\t%lld\n", (int)e.key.len, e.key.at,
				 (int)e.value.len, e.value.at, (long long)(e.when + good_s));
			n++;
		}
}

void changes_accept(const char *before, const char *good, int64_t wall, int64_t good_s,
		    struct text *out)
{
	static const struct changes_when any = { .now = 0 };
	struct comparison c = { .old = before, .new = good, .when = &any, .same_alternate = true };
	struct entry a, b;

	if (before && find_word(before, "alternate", &a) && find_word(good, "alternate", &b))
		c.same_alternate = same(a.value, b.value);
	if (before)
		compare(&c);
	text_add(out, "good\t1\t%lld\n%s", (long long)wall, good);
	add_accepted(&c, out);
	add_recent(&c, good_s, out);
}
