/* Lints a command line and the text of a file as if both were real. */
#ifndef TESTS_LIB_LINTCASE_H
#define TESTS_LIB_LINTCASE_H

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "test.h"
#include "conf/linuxptp/command.h"
#include "conf/linuxptp/daemonconf.h"

struct lintcase {
	struct daemon_conf conf;
	struct lint lint;
	int rc;
};

/* `command` is split at blanks; FILE in it stands for a file with these bytes. */
static void lint_bytes(struct lintcase *c, lp_version version, const char *command,
		       const char *bytes, size_t len)
{
	char path[] = "/tmp/ptpwarden-lint-XXXXXX", words[512], *argv[ARGS_MAX] = {NULL};
	int fd = mkstemp(path), n = 0;
	enum program program;

	assert_true(fd >= 0);
	assert_int_equal(write(fd, bytes, len), (int)len);
	close(fd);
	snprintf(words, sizeof(words), "%s", command);
	for (char *at = strtok(words, " "); at && n < ARGS_MAX - 1; at = strtok(NULL, " "))
		argv[n++] = strcmp(at, "FILE") ? at : path;
	program = command_program(argv[0]);
	c->rc = daemon_conf_read(program, argv, version, &c->conf, &c->lint);
	unlink(path);
}

static inline void lint_case(struct lintcase *c, lp_version version, const char *command,
			     const char *text)
{
	lint_bytes(c, version, command, text, strlen(text));
}

/* "config.value_range:3 config.option_unknown:5", in order. */
static inline const char *lint_ids(const struct lintcase *c)
{
	static char room[2048];
	size_t n = 0;

	room[0] = '\0';
	for (unsigned i = 0; i < c->lint.n && n < sizeof(room) - 80; i++)
		n += (size_t)snprintf(room + n, sizeof(room) - n, "%s%s:%u", i ? " " : "",
				      c->lint.at[i].id, c->lint.at[i].line);
	return room;
}

#endif
