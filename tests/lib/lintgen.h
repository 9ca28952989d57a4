/*
 * Makes configuration files and command lines for linuxptp: mostly right, now and then wrong in
 * the ways that people, editors and broken disks make them wrong. Everything follows from the seed.
 */
#ifndef TESTS_LIB_LINTGEN_H
#define TESTS_LIB_LINTGEN_H

#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "conf/linuxptp/ptpoptions.h"

struct gen {
	uint64_t state;
	lp_version version;
	unsigned names_n;
	const char *names[LP_NAMES_MAX]; /* of this version */
	unsigned all_n;
	const char *all[LP_NAMES_MAX]; /* of the newest */
	unsigned wrong;		       /* of 1000 settings, this many go wrong */
	size_t len;
	char file[1 << 16];
	unsigned argc;
	char *argv[24];
	char words[2048];
	size_t used;
};

static uint32_t gen_next(struct gen *g) /* splitmix64 */
{
	uint64_t z = g->state += 0x9e3779b97f4a7c15u;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
	z = (z ^ z >> 27) * 0x94d049bb133111ebu;
	return (uint32_t)(z ^ z >> 31);
}

static unsigned gen_below(struct gen *g, unsigned n)
{
	return gen_next(g) % n;
}

static bool gen_chance(struct gen *g, unsigned of_thousand)
{
	return gen_below(g, 1000) < of_thousand;
}

#define GEN_PICK(g, table) ((table)[gen_below((g), ARRAY_LEN(table))])

static void gen_bytes(struct gen *g, const char *bytes, size_t len)
{
	if (g->len + len < sizeof(g->file)) {
		memcpy(g->file + g->len, bytes, len);
		g->len += len;
	}
}

static void gen_text(struct gen *g, const char *text)
{
	gen_bytes(g, text, strlen(text));
}

static void gen_space(struct gen *g)
{
	static const char *const spaces[] = {" ",    " ",    " ",  "\t", "  ",
					     "\t\t", " \t ", "\v", "\f "};

	gen_text(g, GEN_PICK(g, spaces));
}

static void gen_newline(struct gen *g)
{
	static const char *const ends[] = {"\n",   "\n",  "\n",	  "\n",	   "\n",
					   "\r\n", " \n", "\t\n", "\r\r\n"};

	gen_text(g, GEN_PICK(g, ends));
}

static void gen_label(struct gen *g, const struct ptp_option *opt, char *text, size_t size)
{
	unsigned n = 1, pick;
	const char *at = opt->labels;

	for (const char *c = at; *c; c++)
		n += *c == '|';
	for (pick = gen_below(g, n); pick; pick--)
		at = strchr(at, '|') + 1;
	snprintf(text, size, "%.*s", (int)strcspn(at, "|"), at);
	if (gen_chance(g, 200))
		for (char *c = text; *c; c++)
			*c ^= *c >= 'a' && *c <= 'z' && gen_chance(g, 500) ? 0x20 : 0;
}

/* Inside the range, or just at its ends. */
static void gen_number(struct gen *g, const struct ptp_option *opt, char *text, size_t size)
{
	double low = opt->min, high = opt->max, v;

	if (opt->type == PTP_DOUBLE) {
		snprintf(text, size, "%g",
			 low > 0 ? low : gen_below(g, 1000) / 1000.0 * (high < 1 ? high : 1));
		return;
	}
	v = gen_chance(g, 150) ? low : gen_chance(g, 150) ? high : low + gen_below(g, 200);
	if (v > high)
		v = high;
	if (v >= 0 && gen_chance(g, 150))
		snprintf(text, size, gen_chance(g, 500) ? "0x%llx" : "0%llo",
			 (unsigned long long)v);
	else
		snprintf(text, size, "%s%.0f", v >= 0 && gen_chance(g, 50) ? "+" : "", v);
}

/* Some of these are right for some options. */
static void gen_odd_value(struct gen *g, const struct ptp_option *opt, char *text, size_t size)
{
	static const char *const odd[] = {
		"",
		"x",
		"-1",
		"0",
		"1",
		"2",
		"99999999999999999999",
		"-99999999999999999999",
		"1.5",
		"0x",
		"0xg",
		"08",
		"1 # comment",
		"= 1",
		"=1",
		"1;",
		"nan",
		"inf",
		"-inf",
		"1e999",
		"1e-320",
		"0x1p3",
		"1e",
		"2147483647",
		"2147483648",
		"-2147483648",
		"-2147483649",
		"4294967295",
		"4294967296",
		"ASAP",
		"asap",
		"ASAPS",
		"hw",
		"hardware|software",
		"\"1\"",
		"1,0",
		"1 2",
		"\xc3\xa4",
		"\x80",
		"\x1b[2J",
		"yes",
		"true",
		"None",
		"1\t",
		"- 1",
		"+-1",
		"0b1",
		"01:1B:19:00:00:00",
		"a;b;c",
		";;",
		"a;b",
		"00:00:00",
		"0.0.0",
		"/var/run/x",
	};

	if (opt && opt->type != PTP_STRING && opt->type != PTP_ENUM && gen_chance(g, 400))
		snprintf(text, size, "%.0f", gen_chance(g, 500) ? opt->min - 1 : opt->max + 1);
	else if (gen_chance(g, 30))
		snprintf(text, size, "%0*d", 60 + (int)gen_below(g, 80), 1);
	else
		snprintf(text, size, "%s", GEN_PICK(g, odd));
}

static void gen_string(struct gen *g, const char *name, char *text, size_t size)
{
	static const char *const words[] = {"x", "/tmp/a b", "01:1B:19:00:00:00", "a b c",
					    "{level}"};

	if (!strcmp(name, "clockIdentity"))
		snprintf(text, size, "c0ffee.0000.%06x", gen_below(g, 1 << 24));
	else if (strstr(name, "Description") || strstr(name, "revisionData"))
		snprintf(text, size, gen_chance(g, 950) ? "a;b;%0*d" : "%0*d;",
			 1 + (int)gen_below(g, 40), 1);
	else if (strstr(name, "Identity"))
		snprintf(text, size, gen_chance(g, 950) ? "00:0%x:1f" : "0%x", gen_below(g, 16));
	else
		snprintf(text, size, "%s", GEN_PICK(g, words));
}

static void gen_value(struct gen *g, const char *name, char *text, size_t size)
{
	const struct ptp_option *opt = ptp_option_find(name, g->version);

	if (!opt || gen_chance(g, g->wrong))
		gen_odd_value(g, opt, text, size);
	else if (opt->word && gen_chance(g, 200))
		snprintf(text, size, "%s", opt->word);
	else if (opt->type == PTP_ENUM)
		gen_label(g, opt, text, size);
	else if (opt->type == PTP_STRING)
		gen_string(g, name, text, size);
	else
		gen_number(g, opt, text, size);
}

static void gen_misspell(struct gen *g, char *name)
{
	size_t len = strlen(name), at = len ? gen_below(g, (unsigned)len) : 0;

	switch (gen_below(g, 4)) {
	case 0:
		memmove(name + at, name + at + 1, len - at);
		break;
	case 1:
		name[at] ^= 0x20;
		break;
	case 2:
		name[at] = "abcxyz_.-#;=[]"[gen_below(g, 14)];
		break;
	default:
		if (at + 1 < len) {
			char swap = name[at];

			name[at] = name[at + 1];
			name[at + 1] = swap;
		}
	}
}

static void gen_name(struct gen *g, bool port, char *text, size_t size)
{
	const struct ptp_option *opt;

	do {
		snprintf(text, size, "%s", g->names[gen_below(g, g->names_n)]);
		opt = ptp_option_find(text, g->version);
	} while (port && opt->scope != PTP_PORT && !gen_chance(g, g->wrong));
	if (gen_chance(g, g->wrong))
		snprintf(text, size, "%s", g->all[gen_below(g, g->all_n)]);
	if (gen_chance(g, g->wrong))
		gen_misspell(g, text);
}

static void gen_setting(struct gen *g, bool port)
{
	char name[80], value[200];

	gen_name(g, port, name, sizeof(name));
	gen_value(g, name, value, sizeof(value));
	if (gen_chance(g, 100))
		gen_space(g);
	gen_text(g, name);
	if (!gen_chance(g, g->wrong / 2))
		gen_space(g);
	gen_text(g, value);
	gen_newline(g);
}

static void gen_entry(struct gen *g)
{
	static const char *const right[] = {
		"logQueryInterval 2",	    "UDPv4 10.0.0.1",	  "udpv4 10.0.0.2",
		"L2 01:02:03:04:05:06",	    "UDPv6 fe80::1",	  "peer_address 10.1.1.1",
		"UDPv4\t10.0.0.3 and more", "logQueryInterval-3",
	};
	static const char *const wrong[] = {
		"UDPv4 10.0.0",
		"UDPv4 10.0.0.1.1",
		"UDPv5 10.0.0.1",
		"L2 0102",
		"L2 1:2:3:4:5",
		"UDPv6 10.0.0.1",
		"foo",
		"table_id",
		"table_id x",
		"table_id 0",
		"table_id -4",
		"logQueryInterval 200",
		"logQueryInterval x",
		"peer_address",
		"UDPv4UDPv4UDPv4UDPv4 1",
		"domainNumber 1",
		"L2 01:02:03:04:05:06:07",
		"L2 1:2:3:4:5:600",
		"L2 01-02-03-04-05-06",
		"UDPv4 10.0.0.01",
	};
	char id[40];

	if (gen_chance(g, 250)) {
		snprintf(id, sizeof(id), "table_id%s%u", gen_chance(g, 900) ? " " : "",
			 1 + gen_below(g, 9));
		gen_text(g, id);
	} else
		gen_text(g, gen_chance(g, g->wrong) ? GEN_PICK(g, wrong) : GEN_PICK(g, right));
	gen_newline(g);
}

enum gen_section { GEN_GLOBAL, GEN_PORT, GEN_TABLE };

static enum gen_section gen_section(struct gen *g)
{
	static const char *const odd[] = {
		"[]",
		"[ ]",
		"[[[",
		"[nope7",
		"[nope8 ]x",
		"[global] # comment",
		"[global]x",
		"[ global ]",
		"nope9]",
		"[nope1] # x",
		"[averyveryverylongportname]",
		"[/dev/ptp0]",
		"[unicast_master_table] x",
		"[[nope2]]",
		"[nope3 nope4]",
		"[GLOBAL",
		"]",
	};
	char name[40];

	if (gen_chance(g, g->wrong)) {
		gen_text(g, GEN_PICK(g, odd));
		gen_newline(g);
		return GEN_PORT;
	}
	if (gen_chance(g, 350)) {
		gen_text(g, gen_chance(g, 800) ? "[global]" : "[GlobaL]");
		gen_newline(g);
		return GEN_GLOBAL;
	}
	if (gen_chance(g, 250)) {
		gen_text(g, "[unicast_master_table]\n");
		snprintf(name, sizeof(name), "table_id %u\n", 1 + gen_below(g, 60));
		if (!gen_chance(g, g->wrong))
			gen_text(g, name);
		return GEN_TABLE;
	}
	snprintf(name, sizeof(name), "[nope%u]", gen_below(g, 6));
	gen_text(g, name);
	gen_newline(g);
	return GEN_PORT;
}

static void gen_noise(struct gen *g)
{
	static const char *const noise[] = {
		"\n",  "# a comment\n", "  # another\n", "\t\n",
		"#\n", "\r\n",		"#[global]\n",	 "   \t \n",
	};

	gen_text(g, GEN_PICK(g, noise));
}

static void gen_long_line(struct gen *g)
{
	char fill[1200];
	size_t len = 1000 + gen_below(g, 60);

	memset(fill, 'a' + (int)gen_below(g, 3), sizeof(fill));
	gen_text(g, gen_chance(g, 500) ? "#" : "message_tag ");
	gen_bytes(g, fill, len);
	gen_newline(g);
}

/* What disks, editors and transfers do to a file. */
static void gen_damage(struct gen *g)
{
	static const char bytes[] = "\0\n\r\t #[]=;\x80\xff\x1b";
	size_t at = g->len ? gen_below(g, (unsigned)g->len) : 0;

	switch (gen_below(g, 5)) {
	case 0:
		g->file[at] = (char)gen_next(g);
		break;
	case 1:
		g->file[at] = bytes[gen_below(g, sizeof(bytes) - 1)];
		break;
	case 2:
		g->len = at;
		break;
	case 3:
		memmove(g->file + at, g->file + at + 1, g->len - at - (g->len > at));
		g->len -= g->len > 0;
		break;
	default:
		if (g->len + 3 < sizeof(g->file)) {
			memmove(g->file + 3, g->file, g->len);
			memcpy(g->file, "\xef\xbb\xbf", 3);
			g->len += 3;
		}
	}
}

static void gen_file(struct gen *g)
{
	static const unsigned rates[] = {0, 0, 10, 30, 100, 300};
	enum gen_section section = GEN_GLOBAL;
	unsigned lines = gen_below(g, 30);

	g->wrong = GEN_PICK(g, rates);
	g->len = 0;
	if (!gen_chance(g, g->wrong))
		gen_text(g, "[global]\n");
	while (lines--) {
		if (gen_chance(g, 150))
			section = gen_section(g);
		else if (gen_chance(g, 150))
			gen_noise(g);
		else if (gen_chance(g, 5))
			gen_long_line(g);
		else if (section == GEN_TABLE)
			gen_entry(g);
		else
			gen_setting(g, section == GEN_PORT);
	}
	while (gen_chance(g, g->wrong))
		gen_damage(g);
}

static void gen_word(struct gen *g, const char *word)
{
	size_t len = strlen(word) + 1;

	if (g->argc + 1 >= ARRAY_LEN(g->argv) || g->used + len > sizeof(g->words))
		return;
	g->argv[g->argc++] = memcpy(g->words + g->used, word, len);
	g->used += len;
	g->argv[g->argc] = NULL;
}

static void gen_long_option(struct gen *g)
{
	char name[80], value[200], word[300];

	gen_name(g, false, name, sizeof(name));
	gen_value(g, name, value, sizeof(value));
	if (gen_chance(g, g->wrong) && strlen(name) > 4)
		name[4 + gen_below(g, (unsigned)strlen(name) - 4)] = '\0';
	if (gen_chance(g, 300)) {
		snprintf(word, sizeof(word), "--%s=%s", name, value);
		gen_word(g, word);
		return;
	}
	snprintf(word, sizeof(word), "--%s", name);
	gen_word(g, word);
	if (!gen_chance(g, g->wrong / 4))
		gen_word(g, value);
}

/* `right` and `wrong` are words of the program; those with a blank in them are two. */
static void gen_short_option(struct gen *g, const char *const *words, unsigned n)
{
	char word[100], *blank;

	snprintf(word, sizeof(word), "%s", words[gen_below(g, n)]);
	blank = strchr(word, ' ');
	if (blank && gen_chance(g, 300)) {
		memmove(blank, blank + 1, strlen(blank));
		blank = NULL;
	}
	if (blank)
		*blank++ = '\0';
	gen_word(g, word);
	if (blank)
		gen_word(g, blank);
}

static void gen_seed(struct gen *g, uint64_t seed, lp_version version)
{
	g->state = seed;
	g->version = version;
	g->names_n = ptp_option_names(version, g->names);
	g->all_n = ptp_option_names(0x0404ff, g->all);
}

#endif
