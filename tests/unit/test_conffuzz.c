/* Damaged configurations: whatever stands in them, they load or say why not. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>

#include "test.h"
#include "conf/load.h"
#include "conf/planmake.h"

enum { ROUNDS = 4000, SIZE = 8192 };

static struct conf_errors errs;
static char example[SIZE];
static size_t example_len;
static uint32_t seed;

static uint32_t chance(uint32_t below)
{
	seed ^= seed << 13;
	seed ^= seed >> 17;
	seed ^= seed << 5;
	return seed % below;
}

static int read_example(void **unused)
{
	FILE *f = fopen("conf/example.conf", "r");

	if (!f)
		return -1;
	example_len = fread(example, 1, sizeof(example) - 1, f);
	example[example_len] = '\0';
	fclose(f);
	return example_len && example_len < sizeof(example) - 1 ? 0 : -1;
}

static bool loads(const char *text, size_t len)
{
	struct plan *plan = NULL;
	int rc = conf_load_text(text, len, &plan, &errs);
	FILE *null = fopen("/dev/null", "w");

	if (rc) {
		assert_null(plan);
		assert_true(errs.n > 0);
		conf_errors_print(&errs, null);
	} else {
		assert_int_equal(errs.n, 0);
		plan_print(plan, null);
		assert_true(plan_unit_equal(plan, 0, plan, 0));
		plan_free(plan);
	}
	fclose(null);
	return rc == 0;
}

static const char *const pieces[] = {
	"[unit ", "]\n", "[alternate ptp4l ", "[ptpwarden]\n", "follows = ", "interface = ",
	"command = ", "args = -S\n", "env = A=%i", "phc2sys", "ptp4l", "%i", "%", "\"", "'", "\\",
	"=", ":", "[", " ;", " #", "|", "\n", "\n ", "\t", "\r\n", "99999999999999999999", "5s",
	"K", "x y", "\xef\xbb\xbf", "\xff",
};

static size_t damage(char *text, size_t len)
{
	for (unsigned n = 1 + chance(6); n; n--) {
		size_t at = chance((uint32_t)len + 1);
		const char *piece = pieces[chance(ARRAY_LEN(pieces))];
		size_t plen = strlen(piece), cut = len - at < 40 ? len - at : 40;

		switch (chance(4)) {
		case 0:
			if (at < len)
				text[at] = (char)chance(256);
			break;
		case 1:
			memmove(text + at, text + at + cut, len - at - cut);
			len -= cut;
			break;
		default:
			if (len + plen >= SIZE)
				break;
			memmove(text + at + plen, text + at, len - at);
			memcpy(text + at, piece, plen);
			len += plen;
		}
	}
	return len;
}

static void a_damaged_example_loads_or_says_why_not(void **unused)
{
	unsigned loaded = 0;

	seed = 20261121;
	for (unsigned round = 0; round < ROUNDS; round++) {
		char *text = malloc(SIZE), *exact;
		size_t len;

		memcpy(text, example, example_len);
		len = damage(text, example_len);
		/* of exactly this size, so that the sanitizer sees reads beyond the end */
		exact = malloc(len ? len : 1);
		memcpy(exact, text, len);
		loaded += loads(exact, len);
		free(exact);
		free(text);
	}
	/* neither of the two is so rare that it would not be tested */
	assert_in_range(loaded, ROUNDS / 50, ROUNDS - ROUNDS / 50);
}

static void random_bytes_load_or_say_why_not(void **unused)
{
	static const char grammar[] = "[]unit =\n%i;#\"'\\a5\t";

	seed = 4711;
	for (unsigned round = 0; round < ROUNDS; round++) {
		size_t len = chance(600);
		char *text = malloc(len ? len : 1);

		for (size_t i = 0; i < len; i++)
			text[i] = round & 1 ? (char)chance(256) : grammar[chance(sizeof(grammar))];
		loads(text, len);
		free(text);
	}
}

static void the_example_loads(void **unused)
{
	assert_true(loads(example, example_len));
}

/* The other cases are comments: one begins with "; N. ", its lines with ";" and no blank. */
static void every_case_in_the_examples_comments_loads(void **unused)
{
	unsigned cases = 0;
	char text[SIZE] = "";

	for (char *line = example; *line; line = strchr(line, '\n') + 1) {
		size_t len = (size_t)(strchr(line, '\n') + 1 - line);

		if (line[0] == ';' && line[1] == ' ' && isdigit((unsigned char)line[2])) {
			cases += *text != '\0';
			assert_true(!*text || loads(text, strlen(text)));
			*text = '\0';
		} else if (line[0] == ';' && line[1] != ' ') {
			strncat(text, line + 1, len - 1);
		}
	}
	assert_true(loads(text, strlen(text)));
	assert_int_equal(cases + 1, 5);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_example_loads),
		cmocka_unit_test(every_case_in_the_examples_comments_loads),
		cmocka_unit_test(a_damaged_example_loads_or_says_why_not),
		cmocka_unit_test(random_bytes_load_or_say_why_not),
	};

	return cmocka_run_group_tests(tests, read_example, NULL);
}
