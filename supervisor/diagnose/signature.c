#include <string.h>

#include "signature.h"

enum { HEX_LEAST = 6 };

static const uint32_t fnv_start = 2166136261u, fnv_prime = 16777619u;

static uint32_t mix(uint32_t hash, const char *s)
{
	for (; *s; s++)
		hash = (hash ^ (uint8_t)*s) * fnv_prime;
	return (hash ^ '|') * fnv_prime;
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_hex(char c)
{
	return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

/* Length of a number at `s`: digits with points, or hex digits as in addresses and identities. */
static size_t number_len(const char *s)
{
	size_t hex = 0, n = 0;
	bool digit = false;

	if (s[0] == '0' && (s[1] == 'x' || s[1] == 'X'))
		hex = 2;
	while (is_hex(s[hex]) || (hex && (s[hex] == ':' || s[hex] == '.') && is_hex(s[hex + 1])))
		digit |= is_digit(s[hex++]);
	if (digit && hex >= HEX_LEAST)
		return hex;
	while (is_digit(s[n]) || (n && (s[n] == '.' || s[n] == ':') && is_digit(s[n + 1])))
		n++;
	return n;
}

void signature_plain(const char *line, const char *iface, struct text *out)
{
	size_t name = iface ? strlen(iface) : 0;

	while (*line) {
		size_t n = name && !strncmp(line, iface, name) ? name : number_len(line);

		if (n) {
			text_add(out, "#");
			line += n;
			continue;
		}
		text_add(out, "%c", *line++);
	}
}

static const char *ending(const struct known *k)
{
	static const char *const names[] = { "exec.errno", "exit.signal", "exit.code" };

	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (known_value(k, names[i]))
			return known_value(k, names[i]);
	return "alive";
}

/* The complaint that came last; a line that nobody knows is one too. */
static uint32_t mix_complaint(const struct inference *in, uint32_t hash)
{
	const struct log_digest *log = in->known->log;
	uint32_t newest = 0;
	const char *id = "";
	char room[128];
	struct text plain = text_in(room, sizeof(room));

	for (unsigned i = 0; i < in->symptoms; i++) {
		const struct symptom *s = &in->symptom[i];
		const struct log_seen *seen =
			s->message == MESSAGE_NONE ? NULL : known_seen(in->known, s->message);

		if (seen && in->primary & 1u << i && seen->last_line > newest) {
			newest = seen->last_line;
			id = s->name;
		}
	}
	if (!newest && log && log->unknown)
		signature_plain(log->last_unknown, known_value(in->known, "iface.name"), &plain);
	return mix(mix(hash, id), room);
}

/* Symptoms come in the order of lines and rules; their sum does not depend on it. */
static uint32_t sum_of_symptoms(const struct inference *in)
{
	uint32_t sum = 0;

	for (unsigned i = 0; i < in->symptoms; i++)
		if (in->primary & 1u << i)
			sum += mix(fnv_start, in->symptom[i].name);
	return sum;
}

void signature_make(const struct inference *in, struct verdict *v)
{
	const char *tool = known_value(in->known, "tool.name");
	uint32_t hash = mix(mix(fnv_start, tool ? tool : "?"), ending(in->known));

	v->signature[0] = mix_complaint(in, hash);
	v->signature[1] = mix(v->signature[0] ^ sum_of_symptoms(in), v->causes ? v->cause[0].id : "unknown");
}
