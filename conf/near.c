#include <stdbool.h>
#include <string.h>

#include "near.h"

enum { WORD_MAX = 63, CHANGE = 2, SPELT_OTHERWISE = 1 };

static int lower(char c)
{
	return c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c;
}

/* Case, and dash for underscore, do not count here; near_distance() adds them up to one half. */
static unsigned replace_cost(char a, char b)
{
	bool same = lower(a) == lower(b) || (a == '-' && b == '_') || (a == '_' && b == '-');

	return same ? 0 : CHANGE;
}

static unsigned smaller(unsigned a, unsigned b)
{
	return a < b ? a : b;
}

unsigned near_distance(const char *a, const char *b)
{
	unsigned row[3][WORD_MAX + 1];
	unsigned *before = row[0], *above = row[1], *now = row[2];
	size_t la = strnlen(a, WORD_MAX), lb = strnlen(b, WORD_MAX);

	for (size_t j = 0; j <= lb; j++)
		above[j] = (unsigned)j * CHANGE;
	for (size_t i = 1; i <= la; i++) {
		unsigned *spare = before;

		now[0] = (unsigned)i * CHANGE;
		for (size_t j = 1; j <= lb; j++) {
			now[j] = smaller(above[j], now[j - 1]) + CHANGE;
			now[j] = smaller(now[j], above[j - 1] + replace_cost(a[i - 1], b[j - 1]));
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
				now[j] = smaller(now[j], before[j - 2] + CHANGE);
		}
		before = above;
		above = now;
		now = spare;
	}
	return above[lb] || (la == lb && !memcmp(a, b, la)) ? above[lb] : SPELT_OTHERWISE;
}

void near_start(struct near *n, const char *word)
{
	*n = (struct near){ .word = word, .distance = ~0u };
}

void near_offer(struct near *n, const char *name)
{
	unsigned d;

	if (!name || strlen(name) > WORD_MAX || strlen(n->word) > WORD_MAX)
		return;
	d = near_distance(n->word, name);
	if (d < n->distance) {
		n->distance = d;
		n->best = name;
	}
}

const char *near_best(const struct near *n)
{
	size_t allowed = strlen(n->word) / 3;

	if (!n->best || n->distance > CHANGE * (allowed ? allowed : 1))
		return NULL;
	return n->best;
}
