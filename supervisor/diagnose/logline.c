#include <string.h>

#include "logline.h"

enum { PREFIX_MAX = 128 };

struct cursor {
	const char *at, *end;
};

static size_t left(const struct cursor *c)
{
	return (size_t)(c->end - c->at);
}

static bool is_digit(char ch)
{
	return ch >= '0' && ch <= '9';
}

static bool is_alpha(char ch)
{
	return (ch >= 'a' && ch <= 'z') || (ch >= 'A' && ch <= 'Z');
}

static bool skip(struct cursor *c, const char *word)
{
	size_t len = strlen(word);

	if (left(c) < len || memcmp(c->at, word, len))
		return false;
	c->at += len;
	return true;
}

static size_t digits(const struct cursor *c)
{
	size_t n = 0;

	while (c->at + n < c->end && is_digit(c->at[n]))
		n++;
	return n;
}

static bool skip_digits(struct cursor *c, size_t least, size_t most)
{
	size_t n = digits(c);

	if (n < least || n > most)
		return false;
	c->at += n;
	return true;
}

static void skip_blanks(struct cursor *c)
{
	while (c->at < c->end && (*c->at == ' ' || *c->at == '\t'))
		c->at++;
}

static int64_t number(const char *s, size_t n)
{
	int64_t v = 0;

	for (size_t i = 0; i < n && i < 15; i++)
		v = v * 10 + (s[i] - '0');
	return v;
}

/* "Jun 08 01:46:27 HOST " of syslog and journal */
static bool skip_syslog_date(struct cursor *c)
{
	struct cursor t = *c;

	for (int i = 0; i < 3; i++, t.at++)
		if (t.at >= t.end || !is_alpha(*t.at))
			return false;
	skip_blanks(&t);
	if (!skip_digits(&t, 1, 2) || !skip(&t, " ") || !skip_digits(&t, 2, 2) || !skip(&t, ":") ||
	    !skip_digits(&t, 2, 2) || !skip(&t, ":") || !skip_digits(&t, 2, 2))
		return false;
	while (t.at < t.end && *t.at != ' ')
		t.at++;		/* fractions of a second */
	skip_blanks(&t);
	*c = t;
	return true;
}

/* "2024-05-01T10:00:00.123+02:00 HOST " */
static bool skip_iso_date(struct cursor *c)
{
	struct cursor t = *c;

	if (!skip_digits(&t, 4, 4) || !skip(&t, "-") || !skip_digits(&t, 2, 2) || !skip(&t, "-") ||
	    !skip_digits(&t, 2, 2) || t.at >= t.end || (*t.at != 'T' && *t.at != ' '))
		return false;
	t.at++;
	if (!skip_digits(&t, 2, 2) || !skip(&t, ":"))
		return false;
	while (t.at < t.end && *t.at != ' ')
		t.at++;
	skip_blanks(&t);
	*c = t;
	return true;
}

static enum program program_of(const char *name, size_t len)
{
	static const struct {
		const char *name;
		enum program program;
	} known[] = {
		{ "ptp4l", PROG_PTP4L },
		{ "phc2sys", PROG_PHC2SYS },
		{ "ts2phc", PROG_TS2PHC },
		{ "timemaster", PROG_TIMEMASTER },
	};

	for (size_t i = 0; i < ARRAY_LEN(known); i++)
		if (len == strlen(known[i].name) && !memcmp(name, known[i].name, len))
			return known[i].program;
	return PROG_OTHER;
}

static bool says_itself(const char *name, size_t len)
{
	static const char *const others[] = { "kernel", "systemd", "hwstamp_ctl", "pmc" };

	for (size_t i = 0; i < ARRAY_LEN(others); i++)
		if (len == strlen(others[i]) && !memcmp(name, others[i], len))
			return true;
	return program_of(name, len) != PROG_OTHER;
}

/* "1234.567" with three decimals is linuxptp's stamp, with six the kernel's */
static bool take_stamp(struct cursor *c, struct logline *out)
{
	size_t whole = digits(c), part;
	struct cursor t = { c->at + whole, c->end };

	if (!whole || !skip(&t, "."))
		return false;
	part = digits(&t);
	if (part != 3 && part != 6)
		return false;
	out->stamp = number(c->at, whole) * 1000 + number(t.at, 3);
	out->kernel = part == 6;
	c->at = t.at + part;
	return true;
}

/* "NAME[1234.567]: ", "NAME[1234]: ", and "NAME: " of names that we know */
static bool take_speaker(struct cursor *c, struct logline *out)
{
	struct cursor t = *c;
	const char *name = t.at;
	size_t len;

	while (t.at < t.end && *t.at != '[' && *t.at != ':' && *t.at != ' ' && *t.at != '(')
		t.at++;
	len = (size_t)(t.at - name);
	if (!len || t.at >= t.end)
		return false;
	if (skip(&t, "[")) {
		if (!take_stamp(&t, out) && !skip_digits(&t, 1, 10))
			return false;
		if (!skip(&t, "]:"))
			return false;
	} else if (!says_itself(name, len) || !skip(&t, ":")) {
		return false;
	}
	if (program_of(name, len) != PROG_OTHER)
		out->program = program_of(name, len);
	if (len == 6 && !memcmp(name, "kernel", 6))
		out->kernel = true;
	skip_blanks(&t);
	*c = t;
	return true;
}

/* "[1234.567] ", "[ 12.345678] " and message tags such as "[ptp4l.0.config] " */
static bool take_bracket(struct cursor *c, struct logline *out)
{
	struct cursor t = *c;

	if (!skip(&t, "["))
		return false;
	skip_blanks(&t);
	if (!take_stamp(&t, out))
		while (t.at < t.end && *t.at != ']' && *t.at != ' ')
			t.at++;
	if (!skip(&t, "]"))
		return false;
	skip_blanks(&t);
	*c = t;
	return true;
}

/* "port 1: " up to 3.1.1, "port 1 (eth0): " since */
static void take_port(struct cursor *c, struct logline *out)
{
	struct cursor t = *c;
	const char *at;
	size_t n;

	if (!skip(&t, "port "))
		return;
	n = digits(&t);
	at = t.at;
	if (!skip_digits(&t, 1, 5))
		return;
	if (skip(&t, " (")) {
		const char *name = t.at;

		while (t.at < t.end && *t.at != ')')
			t.at++;
		out->iface = (struct span){ name, (size_t)(t.at - name) };
		if (!skip(&t, ")"))
			return;
	}
	if (!skip(&t, ": ") && !skip(&t, ":"))
		return;
	out->port = (int)number(at, n);
	out->port_named = out->iface.len > 0;
	*c = t;
}

static bool is_word(char ch)
{
	return is_alpha(ch) || is_digit(ch);
}

/*
 * Behind prefixes that nobody foresaw (facilities, containers, colours, JSON): "NAME[12" or
 * "NAME: [12" of a program that we know. Moves to the name.
 */
static bool find_speaker(struct cursor *c)
{
	const char *end = left(c) < PREFIX_MAX ? c->end : c->at + PREFIX_MAX;

	for (const char *p = c->at; p + 1 < end && (p = memchr(p, '[', (size_t)(end - p - 1))); p++) {
		const char *stop = p - c->at > 2 && p[-1] == ' ' && p[-2] == ':' ? p - 2 : p;
		const char *name = stop;

		while (name > c->at && is_word(name[-1]))
			name--;
		if (!is_digit(p[1]) || program_of(name, (size_t)(stop - name)) == PROG_OTHER)
			continue;
		c->at = name;
		return true;
	}
	return false;
}

/* Marks of quotations and shells: "> ", "| ", "$ ", colours. */
static void skip_marks(struct cursor *c)
{
	struct cursor t = *c;

	while (skip(&t, "\033[")) {
		while (t.at < t.end && *t.at++ != 'm')
			;
		*c = t;
	}
	while (t.at < t.end && memchr(">|*$#`", *t.at, 6))
		t.at++;
	if (t.at == c->at || t.at == t.end || *t.at != ' ')
		return;
	skip_blanks(&t);
	*c = t;
}

static void take_speakers(struct cursor *c, struct logline *out)
{
	for (int i = 0; i < 5 && (take_speaker(c, out) || take_bracket(c, out)); i++)
		;
}

static size_t trimmed(const char *line, size_t len)
{
	while (len && (line[len - 1] == '\n' || line[len - 1] == '\r' || line[len - 1] == ' ' ||
		       line[len - 1] == '\t'))
		len--;
	return len;
}

void logline_parse(struct logline *out, const char *line, size_t len)
{
	struct cursor c = { line, line + trimmed(line, len) };
	const char *start;

	*out = (struct logline){ .stamp = MSEC_NONE, .port = -1 };
	skip_blanks(&c);
	skip_marks(&c);
	start = c.at;
	if (left(&c) > 3 && c.at[0] == '<' && is_digit(c.at[1]))
		while (c.at < c.end && *c.at++ != '>')
			;
	if (skip_syslog_date(&c) || skip_iso_date(&c)) {
		struct cursor t = c;

		/* the host name; left out by some loggers */
		if (!take_speaker(&t, out)) {
			while (c.at < c.end && *c.at != ' ')
				c.at++;
			skip_blanks(&c);
		}
	}
	take_speakers(&c, out);
	if (out->program == PROG_OTHER && out->stamp == MSEC_NONE && find_speaker(&c))
		take_speakers(&c, out);
	out->bare = c.at == start;
	take_port(&c, out);
	out->text = (struct span){ c.at, left(&c) };
}

/* The next word of the text; empty at the end. */
static struct span word(struct cursor *c)
{
	const char *at;

	skip_blanks(c);
	at = c->at;
	while (c->at < c->end && *c->at != ' ' && *c->at != '\t')
		c->at++;
	return (struct span){ at, (size_t)(c->at - at) };
}

static bool is(struct span s, const char *word)
{
	return s.len == strlen(word) && !memcmp(s.at, word, s.len);
}

/* Decimal numbers only, as the programs print them; strtod costs more than all the rest. */
static bool numeric(struct span s, double *out)
{
	const char *at = s.at, *end = s.at + s.len;
	double v = 0, unit = 1;
	bool minus = s.len && *at == '-', any = false;

	at += minus || (s.len && *at == '+');
	for (; at < end && is_digit(*at); at++, any = true)
		v = v * 10 + (*at - '0');
	if (at < end && *at == '.')
		for (at++; at < end && is_digit(*at); at++)
			v += (*at - '0') * (unit /= 10);
	*out = minus ? -v : v;
	return any && at == end;
}

static bool named_number(struct cursor *c, const char *name, double *out)
{
	struct cursor t = *c;

	if (!is(word(&t), name) || !numeric(word(&t), out))
		return false;
	*c = t;
	return true;
}

static bool plus_minus(struct cursor *c)
{
	double ignored;

	return named_number(c, "+/-", &ignored);
}

/* "243 max 406 freq -12171 +/- 335[ delay 6835 +/- 0]" */
static bool summary(struct cursor c, struct logline_offset *o)
{
	if (!numeric(word(&c), &o->offset_ns) || !named_number(&c, "max", &o->max_ns) ||
	    !named_number(&c, "freq", &o->freq_ppb) || !plus_minus(&c))
		return false;
	o->summary = true;
	o->servo = -1;
	o->has_delay = named_number(&c, "delay", &o->delay_ns);
	return true;
}

/* "-4307 s2 freq +7370[ path delay 2965 | delay 2965]" */
static bool sample(struct cursor c, struct logline_offset *o)
{
	struct span servo;
	struct cursor t;

	if (!numeric(word(&c), &o->offset_ns))
		return false;
	servo = word(&c);
	if (servo.len != 2 || servo.at[0] != 's' || servo.at[1] < '0' || servo.at[1] > '3' ||
	    !named_number(&c, "freq", &o->freq_ppb))
		return false;
	o->servo = servo.at[1] - '0';
	o->max_ns = o->offset_ns < 0 ? -o->offset_ns : o->offset_ns;
	t = c;
	if (is(word(&t), "path"))
		c = t;
	o->has_delay = named_number(&c, "delay", &o->delay_ns);
	return true;
}

bool logline_offset(struct logline_offset *out, const char *text, size_t len)
{
	struct cursor c = { text, text + len };
	struct logline_offset o = { .master = true };

	/* nothing, or the clock and what it is compared with, come before the key word */
	for (int i = 0; i < 3; i++) {
		struct span w = word(&c);
		bool ok;

		if (is(w, "offset") || is(w, "rms")) {
			ok = *w.at == 'r' ? summary(c, &o) : sample(c, &o);
			if (ok)
				*out = o;
			return ok;
		}
		if (!is(w, "master"))
			o.master = false;
	}
	return false;
}
