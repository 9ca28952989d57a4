/*
 * Rule files: sections "[cause ID]", "[symptom NAME]", "[group NAME]" and "[measure FACT]" with
 * "key = value" lines. Indented lines continue a value; a key that comes again adds to its list.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "policy.h"
#include "remedies.h"
#include "rulecond.h"
#include "verdict.h"
#include "waitfor.h"

enum section { SECTION_NONE, SECTION_CAUSE, SECTION_SYMPTOM, SECTION_GROUP, SECTION_MEASURE };

enum key {
	KEY_TITLE, KEY_CLASS, KEY_EXPLAINS, KEY_REQUIRES, KEY_REFUTED, KEY_EXPECTS, KEY_WEIGHS,
	KEY_PROOF, KEY_PRIOR, KEY_CAP, KEY_ADVICE, KEY_ACTION, KEY_CONFIRM, KEY_SOURCES,
	KEY_WHEN, KEY_ABOUT, KEY_FOLLOWS, KEY_MEMBERS, KEY_HOW, KEYS
};

static const struct {
	const char *name;
	unsigned sections;	/* bits: where the key is allowed */
} key_table[KEYS] = {
	[KEY_TITLE]    = { "title", 1 << SECTION_CAUSE },
	[KEY_CLASS]    = { "class", 1 << SECTION_CAUSE },
	[KEY_EXPLAINS] = { "explains", 1 << SECTION_CAUSE },
	[KEY_REQUIRES] = { "requires", 1 << SECTION_CAUSE },
	[KEY_REFUTED]  = { "refuted", 1 << SECTION_CAUSE },
	[KEY_EXPECTS]  = { "expects", 1 << SECTION_CAUSE },
	[KEY_WEIGHS]   = { "weighs", 1 << SECTION_CAUSE },
	[KEY_PROOF]    = { "proof", 1 << SECTION_CAUSE },
	[KEY_PRIOR]    = { "prior", 1 << SECTION_CAUSE },
	[KEY_CAP]      = { "cap", 1 << SECTION_CAUSE },
	[KEY_ADVICE]   = { "advice", 1 << SECTION_CAUSE },
	[KEY_ACTION]   = { "action", 1 << SECTION_CAUSE },
	[KEY_CONFIRM]  = { "confirm", 1 << SECTION_CAUSE },
	[KEY_SOURCES]  = { "sources", 1 << SECTION_CAUSE },
	[KEY_WHEN]     = { "when", 1 << SECTION_SYMPTOM },
	[KEY_ABOUT]    = { "about", 1 << SECTION_SYMPTOM },
	[KEY_FOLLOWS]  = { "follows", 1 << SECTION_SYMPTOM },
	[KEY_MEMBERS]  = { "members", 1 << SECTION_GROUP },
	[KEY_HOW]      = { "how", 1 << SECTION_MEASURE },
};

static const char *const section_names[] = {
	[SECTION_CAUSE] = "cause", [SECTION_SYMPTOM] = "symptom",
	[SECTION_GROUP] = "group", [SECTION_MEASURE] = "measure",
};

/* The section that is being read: values are compiled at its end. */
struct reading {
	struct rulefile *rf;
	enum section section;
	unsigned section_line;
	char id[64];
	enum key key;		/* of the newest line, KEYS: none */
	char *value[KEYS];	/* lines joined by '\n', continuations by a blank */
	unsigned line[KEYS];
};

struct rulefile *rulefile_new(const struct catalogue *catalogue, const struct rulebase *base)
{
	struct rulefile *rf = calloc(1, sizeof(*rf));

	if (!rf)
		return NULL;
	rf->catalogue = catalogue;
	ruletext_add(rf, "", 0);
	if (base)
		rulefile_copy(rf, base);
	if (rf->out_of_memory) {
		rulefile_free(rf);
		return NULL;
	}
	return rf;
}

void rulefile_free(struct rulefile *rf)
{
	if (!rf)
		return;
	for (unsigned i = 0; i < rf->groups; i++)
		free(rf->group[i].members);
	free(rf->pool);
	free(rf->condition);
	free(rf->advice);
	free(rf->symptom);
	free(rf->cause);
	free(rf->measure);
	free(rf);
}

const struct rulebase *rulefile_base(struct rulefile *rf)
{
	rf->base = (struct rulebase){
		.catalogue = rf->catalogue, .pool = rf->pool,
		.condition = rf->condition, .advice = rf->advice, .symptom = rf->symptom,
		.cause = rf->cause, .measure = rf->measure,
		.conditions = (uint16_t)rf->conditions, .advices = (uint16_t)rf->advices,
		.symptoms = (uint16_t)rf->symptoms, .causes = (uint16_t)rf->causes,
		.measures = (uint16_t)rf->measures,
	};
	return &rf->base;
}

static uint32_t text_of(struct reading *r, enum key key)
{
	return r->value[key] ? ruletext_add(r->rf, r->value[key], strlen(r->value[key])) : 0;
}

static struct rb_list list_of(struct reading *r, enum key key)
{
	struct rb_list list = { 0, 0 };

	if (!r->value[key])
		return list;
	r->rf->line = r->line[key];
	return rulecond_list(r->rf, r->value[key], key == KEY_EXPLAINS);
}

/* An index into names, or the default when the key was not given. */
static unsigned word_of(struct reading *r, enum key key, const char *const *names, unsigned n,
			unsigned otherwise)
{
	if (!r->value[key])
		return otherwise;
	for (unsigned i = 0; i < n; i++)
		if (names[i] && !strcmp(names[i], r->value[key]))
			return i;
	r->rf->line = r->line[key];
	rule_error(r->rf, "%s: '%s' is not a word that is known here", key_table[key].name,
		   r->value[key]);
	return otherwise;
}

static uint8_t prior_of(struct reading *r)
{
	static const char *const names[] = { "common", "usual", "uncommon", "rare", "exotic" };
	static const uint8_t cost[] = { 0, 5, 12, 20, 30 };

	return cost[word_of(r, KEY_PRIOR, names, ARRAY_LEN(names), 1)];
}

static uint8_t cap_of(struct reading *r)
{
	static const char *const names[] = {
		[CONFIDENCE_POSSIBLE] = "possible", [CONFIDENCE_STRONG] = "strong",
	};

	return (uint8_t)word_of(r, KEY_CAP, names, ARRAY_LEN(names), CONFIDENCE_STRONG);
}

static bool disposition_of(const char *word, uint8_t *out)
{
	for (unsigned d = 0; d < DISPOSITIONS; d++) {
		if (strcmp(disposition_name(d), word))
			continue;
		*out = (uint8_t)d;
		return true;
	}
	return false;
}

static void wait_of(struct reading *r, const char *text, struct rb_cause *c)
{
	char kind[16] = "";
	int rest = 0;

	sscanf(text, "%15s %n", kind, &rest);
	for (unsigned w = 0; w < WAIT_KINDS; w++)
		if (!strcmp(wait_kind_name(w), kind))
			c->wait = (uint8_t)w;
	if (c->wait == WAIT_NONE || !rest)
		rule_error(r->rf, "action: wanted 'wait KIND SUBJECT'");
	else
		c->wait_subject = ruletext_add(r->rf, text + rest, strlen(text + rest));
}

/* "NAME or ACTION" */
static const char *remedy_of(struct reading *r, const char *text, struct rb_cause *c)
{
	char name[32] = "", or[4] = "";
	int rest = 0;

	sscanf(text, "%31s %3s %n", name, or, &rest);
	for (unsigned m = REMEDY_NONE + 1; m < REMEDIES; m++)
		if (!strcmp(remedy_name(m), name))
			c->remedy = (uint8_t)m;
	if (!c->remedy)
		rule_error(r->rf, "action: '%s' is no remedy", name);
	if (strcmp(or, "or") || !rest)
		rule_error(r->rf, "action: wanted 'remedy NAME or ACTION'");
	return rest ? text + rest : "";
}

/* "retry", "alternate", ..., "wait KIND SUBJECT", "remedy NAME or ACTION" */
static void action_of(struct reading *r, struct rb_cause *c)
{
	const char *text = r->value[KEY_ACTION];
	uint8_t *slot = &c->action;
	char verb[16] = "";
	int rest = 0;

	c->action = c->otherwise = DO_RETRY;
	if (!text) {
		if (r->rf->strict)
			rule_error(r->rf, "cause %s: action is needed", r->id);
		return;
	}
	r->rf->line = r->line[KEY_ACTION];
	sscanf(text, "%15s %n", verb, &rest);
	if (!strcmp(verb, disposition_name(DO_REMEDY))) {
		c->action = DO_REMEDY;
		slot = &c->otherwise;
		text = remedy_of(r, text + rest, c);
		rest = 0;
		verb[0] = '\0';
		sscanf(text, "%15s %n", verb, &rest);
	}
	if (!disposition_of(verb, slot) || *slot == DO_REMEDY)
		rule_error(r->rf, "action: '%s' is no action", verb);
	else if (*slot == DO_WAIT)
		wait_of(r, text + rest, c);
	else if (text[rest])
		rule_error(r->rf, "action: nothing may stand behind '%s'", verb);
}

/* One advice a line; "when COND, COND: text" makes it depend on the case. */
static void add_advice(struct reading *r, const char *line, size_t len)
{
	struct rb_advice a = { .text = 0 };

	if (len > 5 && !memcmp(line, "when ", 5)) {
		const char *colon = memchr(line, ':', len);
		char *conds;

		if (!colon) {
			rule_error(r->rf, "advice: 'when' without a colon");
			return;
		}
		conds = strndup(line + 5, (size_t)(colon - line - 5));
		a.when = rulecond_list(r->rf, conds ? conds : "", false);
		free(conds);
		len -= (size_t)(colon + 1 - line);
		line = colon + 1;
		while (len && *line == ' ')
			line++, len--;
	}
	a.text = ruletext_add(r->rf, line, len);
	rule_add_advice(r->rf, &a);
}

static struct rb_list advice_of(struct reading *r)
{
	struct rb_list list = { (uint16_t)r->rf->advices, 0 };
	const char *s = r->value[KEY_ADVICE];

	r->rf->line = r->line[KEY_ADVICE];
	while (s && *s) {
		size_t len = strcspn(s, "\n");

		add_advice(r, s, len);
		s += len + (s[len] == '\n');
	}
	list.n = (uint16_t)(r->rf->advices - list.first);
	return list;
}

static bool made_of(const char *word, const char *letters)
{
	return *word && !word[strspn(word, letters)];
}

/* Ids and classes are matched by others, so a place-holder that was forgotten must not become one. */
static void check_names(struct reading *r)
{
	if (!made_of(r->id, "abcdefghijklmnopqrstuvwxyz0123456789._-"))
		rule_error(r->rf, "cause %s: an id is made of lower case letters, digits, '.', '_' and '-'",
			   r->id);
	if (r->value[KEY_CLASS] &&
	    !made_of(r->value[KEY_CLASS], "abcdefghijklmnopqrstuvwxyz0123456789_"))
		rule_error(r->rf, "cause %s: a class is made of lower case letters, digits and '_'", r->id);
}

static void end_cause(struct reading *r)
{
	struct rb_cause c = { .id = ruletext_add(r->rf, r->id, strlen(r->id)) };

	check_names(r);
	for (unsigned i = 0; i < r->rf->causes; i++)
		if (!strcmp(r->rf->pool + r->rf->cause[i].id, r->id))
			rule_error(r->rf, "cause %s exists already", r->id);
	if (!r->value[KEY_TITLE] || !r->value[KEY_CLASS] || !r->value[KEY_EXPLAINS] ||
	    !r->value[KEY_ADVICE])
		rule_error(r->rf, "cause %s: title, class, explains and advice are needed", r->id);
	c.title = text_of(r, KEY_TITLE);
	c.class = text_of(r, KEY_CLASS);
	c.confirm = text_of(r, KEY_CONFIRM);
	c.sources = text_of(r, KEY_SOURCES);
	c.explains = list_of(r, KEY_EXPLAINS);
	c.requires = list_of(r, KEY_REQUIRES);
	c.refuted = list_of(r, KEY_REFUTED);
	c.expects = list_of(r, KEY_EXPECTS);
	c.weighs = list_of(r, KEY_WEIGHS);
	c.proof = list_of(r, KEY_PROOF);
	c.advice = advice_of(r);
	c.prior = prior_of(r);
	c.cap = cap_of(r);
	action_of(r, &c);
	rule_add_cause(r->rf, &c);
}

static void end_symptom(struct reading *r)
{
	static const char *const yes_no[] = { "no", "yes" };
	struct rb_symptom s = { .name = ruletext_add(r->rf, r->id, strlen(r->id)) };

	if (!r->value[KEY_WHEN])
		rule_error(r->rf, "symptom %s: 'when' is needed", r->id);
	s.about = text_of(r, KEY_ABOUT);
	s.when = list_of(r, KEY_WHEN);
	s.follows = word_of(r, KEY_FOLLOWS, yes_no, 2, 0);
	rule_add_symptom(r->rf, &s);
}

static void end_section(struct reading *r)
{
	r->rf->line = r->section_line;
	if (r->section == SECTION_CAUSE)
		end_cause(r);
	else if (r->section == SECTION_SYMPTOM)
		end_symptom(r);
	else if (r->section == SECTION_GROUP)
		rule_add_group(r->rf, r->id, r->value[KEY_MEMBERS]);
	else if (r->section == SECTION_MEASURE)
		rule_add_measure(r->rf, &(struct rb_measure){
			ruletext_add(r->rf, r->id, strlen(r->id)), text_of(r, KEY_HOW) });
	for (int k = 0; k < KEYS; k++) {
		free(r->value[k]);
		r->value[k] = NULL;
	}
	r->section = SECTION_NONE;
	r->key = KEYS;
}

static void begin_section(struct reading *r, const char *line, size_t len)
{
	char kind[16] = "";

	end_section(r);
	r->rf->line = r->section_line = r->rf->at_line;
	if (line[len - 1] != ']' || len > 90 || sscanf(line, "[%15[a-z] %63[^] ]]", kind, r->id) != 2) {
		rule_error(r->rf, "wanted [cause ID], [symptom NAME], [group NAME] or [measure FACT]");
		return;
	}
	for (int s = SECTION_CAUSE; s <= SECTION_MEASURE; s++)
		if (!strcmp(section_names[s], kind))
			r->section = (enum section)s;
	if (!r->section)
		rule_error(r->rf, "'%s' is no kind of section", kind);
}

static void append(struct reading *r, enum key key, char glue, const char *text, size_t len)
{
	size_t old = r->value[key] ? strlen(r->value[key]) : 0;
	char *grown = realloc(r->value[key], old + len + 2);

	if (!grown) {
		r->rf->out_of_memory = true;
		return;
	}
	r->value[key] = grown;
	if (old)
		grown[old++] = glue;
	memcpy(grown + old, text, len);
	grown[old + len] = '\0';
}

static void read_setting(struct reading *r, const char *line, size_t len)
{
	const char *eq = memchr(line, '=', len);
	size_t name = eq ? (size_t)(eq - line) : 0;

	r->rf->line = r->rf->at_line;
	while (name && line[name - 1] == ' ')
		name--;
	for (r->key = 0; r->key < KEYS; r->key++)
		if (name == strlen(key_table[r->key].name) &&
		    !memcmp(line, key_table[r->key].name, name))
			break;
	if (!eq || r->key == KEYS || !(key_table[r->key].sections & (1u << r->section))) {
		rule_error(r->rf, "'%.*s' is no key of this section", (int)name, line);
		r->key = KEYS;
		return;
	}
	eq++;
	while (eq < line + len && *eq == ' ')
		eq++;
	if (!r->value[r->key])
		r->line[r->key] = r->rf->at_line;
	append(r, r->key, r->key == KEY_ADVICE ? '\n' : ',', eq, (size_t)(line + len - eq));
}

static void read_line(struct reading *r, const char *line, size_t len)
{
	bool indented = len && (*line == ' ' || *line == '\t');

	while (len && (line[len - 1] == ' ' || line[len - 1] == '\t' || line[len - 1] == '\r'))
		len--;
	while (len && (*line == ' ' || *line == '\t'))
		line++, len--;
	if (!len || *line == '#' || *line == ';')
		return;
	if (indented && r->key < KEYS)
		append(r, r->key, ' ', line, len);
	else if (*line == '[')
		begin_section(r, line, len);
	else
		read_setting(r, line, len);
}

void rulefile_be_strict(struct rulefile *rf)
{
	rf->strict = true;
}

unsigned rulefile_parse(struct rulefile *rf, const char *name, const char *text, size_t len,
			void (*report)(void *owner, const char *line), void *owner)
{
	struct reading r = { .rf = rf, .key = KEYS };
	struct rulefile before = *rf;
	const char *end = text + len;

	rf->name = name;
	rf->report = report;
	rf->owner = owner;
	rf->errors = 0;
	rf->at_line = 0;
	while (text < end) {
		const char *eol = memchr(text, '\n', (size_t)(end - text));
		size_t n = (size_t)((eol ? eol : end) - text);

		rf->at_line++;
		read_line(&r, text, n);
		text += n + 1;
	}
	end_section(&r);
	if (rf->out_of_memory)
		rule_error(rf, "out of memory");
	if (rf->errors)
		rulefile_rewind(rf, &before);
	return rf->errors;
}
