#include <arpa/inet.h>
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "redact.h"

enum kind { KIND_NONE, KIND_MAC, KIND_CLOCK, KIND_IP };

static const char *const kind_names[] = { "", "MAC", "CLOCK", "IP" };

void redact_start(struct redact *r, bool on, const char *host)
{
	*r = (struct redact){ .on = on };
	/* "localhost" and one-letter names would only make the text unreadable */
	if (host && strlen(host) > 1 && strcmp(host, "localhost"))
		snprintf(r->host, sizeof(r->host), "%s", host);
}

static bool is_hex_run(const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!isxdigit((unsigned char)s[i]))
			return false;
	return true;
}

/* Groups of two hex digits: six of them with ':' or '-' are a MAC address. */
static bool is_mac(const char *s, size_t len)
{
	if (len != 17 || (s[2] != ':' && s[2] != '-'))
		return false;
	for (size_t i = 0; i < 6; i++)
		if (!is_hex_run(s + i * 3, 2) || (i < 5 && s[i * 3 + 2] != s[2]))
			return false;
	return true;
}

/* "001122.fffe.334455", maybe with a port behind it, "-1". */
static bool is_clock(const char *s, size_t len)
{
	return len >= 18 && s[6] == '.' && s[11] == '.' && is_hex_run(s, 6) &&
	       is_hex_run(s + 7, 4) && is_hex_run(s + 12, 6) && (len == 18 || s[18] == '-');
}

static bool is_ip(const char *word)
{
	unsigned char room[16];

	if (strchr(word, '.') && inet_pton(AF_INET, word, room) == 1)
		return room[0] != 127;	/* says nothing about anybody */
	return strchr(word, ':') && inet_pton(AF_INET6, word, room) == 1 && strlen(word) > 3;
}

static enum kind kind_of(const char *word, size_t len)
{
	if (is_mac(word, len))
		return KIND_MAC;
	if (is_clock(word, len))
		return KIND_CLOCK;
	return is_ip(word) ? KIND_IP : KIND_NONE;
}

/* From 1; 0: the table is full. */
static unsigned number_of(struct redact *r, enum kind kind, const char *word)
{
	unsigned number = 1;

	for (unsigned i = 0; i < r->n; i++) {
		if (r->known[i].kind != kind)
			continue;
		if (!strcmp(r->known[i].word, word))
			return r->known[i].number;
		number++;
	}
	if (r->n == REDACT_MAX)
		return 0;
	snprintf(r->known[r->n].word, REDACT_WORD, "%s", word);
	r->known[r->n].kind = (unsigned char)kind;
	r->known[r->n++].number = number;
	return number;
}

struct sink {
	char *out;
	size_t size, len;
};

static void put(struct sink *s, const char *bytes, size_t len)
{
	size_t room = s->size - s->len - 1;

	len = len < room ? len : room;
	memcpy(s->out + s->len, bytes, len);
	s->len += len;
	s->out[s->len] = '\0';
}

static void put_name(struct redact *r, struct sink *s, enum kind kind, const char *word)
{
	unsigned number = number_of(r, kind, word);
	char name[32];

	if (number)
		snprintf(name, sizeof(name), "%s-%u", kind_names[kind], number);
	else
		snprintf(name, sizeof(name), "%s-?", kind_names[kind]);
	put(s, name, strlen(name));
}

/* What addresses are made of. */
static size_t word_len(const char *s)
{
	size_t n = 0;

	while (isalnum((unsigned char)s[n]) || (s[n] && strchr(":.-_", s[n])))
		n++;
	return n;
}

static bool is_host(const struct redact *r, const char *word, size_t len)
{
	size_t host = strlen(r->host);

	return host && len >= host && !strncasecmp(word, r->host, host) &&
	       (len == host || word[host] == '.');
}

/* Is this piece one? Its name is put in its place. @return bytes of it that are replaced, 0: none */
static size_t secret(struct redact *r, struct sink *s, const char *piece, size_t len)
{
	char small[REDACT_WORD];
	enum kind kind;

	if (is_host(r, piece, len)) {
		put(s, "HOST", 4);
		return len;
	}
	if (len >= sizeof(small))
		return 0;
	for (size_t i = 0; i < len; i++)
		small[i] = (char)tolower((unsigned char)piece[i]);
	small[len] = '\0';
	kind = kind_of(small, len);
	if (kind == KIND_CLOCK)
		small[len = 18] = '\0';
	if (kind != KIND_NONE)
		put_name(r, s, kind, small);
	return kind == KIND_NONE ? 0 : len;
}

/* The longest piece from here on that is one: "udp:192.0.2.1:319" holds one in its middle. */
static size_t longest_secret(struct redact *r, struct sink *s, const char *in, size_t len)
{
	for (; len; len--) {
		/* it does not end in the middle of a word; a full stop or a colon is not part of it */
		bool ends = !isalnum((unsigned char)in[len]) &&
			    (isalnum((unsigned char)in[len - 1]) ||
			     (len > 1 && in[len - 1] == ':' && in[len - 2] == ':'));
		size_t used = ends ? secret(r, s, in, len) : 0;

		if (used)
			return used;
	}
	return 0;
}

void redact_copy(struct redact *r, const char *in, char *out, size_t size)
{
	struct sink s = { out, size, 0 };

	out[0] = '\0';
	while (*in) {
		size_t used = r->on ? longest_secret(r, &s, in, word_len(in)) : 0;

		in += used;
		if (used)
			continue;
		/* nothing begins here: on to where the next piece may begin */
		do
			put(&s, in++, 1);
		while (*in && isalnum((unsigned char)in[-1]) && isalnum((unsigned char)*in));
	}
}
