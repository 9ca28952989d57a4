/* Which version of linuxptp is it? Runs `-v`, so it is a slow question; the answer is kept. */
#include <errno.h>
#include <string.h>
#include <sys/wait.h>

#include "conf/linuxptp/daemonconf.h"
#include "questions.h"

static bool knows_minus_v(enum program program)
{
	return program == PROG_PTP4L || program == PROG_PHC2SYS || program == PROG_TS2PHC ||
	       program == PROG_TIMEMASTER;
}

void probe_version(struct probe *p)
{
	lp_version v = p->version;

	p->out->todo.version = knows_minus_v(p->in->unit->program) && !v;
	if (v & 0xff)
		fact(p->out, "tool.version", "%u.%u.%u", v >> 16, v >> 8 & 0xff, v & 0xff);
	else if (v)
		fact(p->out, "tool.version", "%u.%u", v >> 16, v >> 8 & 0xff);
}

static const char *first_line(char *text)
{
	text[strcspn(text, "\r\n")] = '\0';
	return *text ? text : "nothing";
}

static void judge_answer(struct probe *p, const char *path, int status, char *text)
{
	lp_version v = lp_version_parse(text);

	if (WIFSIGNALED(status))
		note_block(p->out, F_BINARY_VERSION, WAIT_FILE, path, "`-v` died of signal %d",
			   WTERMSIG(status));
	else if (WEXITSTATUS(status) == 127 || (WEXITSTATUS(status) && strstr(text, "version `")))
		note_block(p->out, F_BINARY_VERSION, WAIT_FILE, path,
			   "`-v` ended with status %d: %s", WEXITSTATUS(status), first_line(text));
	else if (v) {
		p->out->learned.version = v;
		fact(p->out, "tool.version", "%s", first_line(text));
	} else
		note(p->out, F_BINARY_VERSION, FINDING_UNKNOWN, path, "`-v` said %s",
		     first_line(text));
}

void probe_version_slow(struct probe *p)
{
	const char *path = p->in->run->program_path;
	char text[256] = "";
	int status = p->sys->version(path, p->in->run->env, text, sizeof(text));

	if (status >= 0)
		judge_answer(p, path, status, text);
	else
		note(p->out, F_BINARY_VERSION, FINDING_UNKNOWN, path, "%s",
		     status == -ETIMEDOUT ? "`-v` did not end within 2 s" : strerror(-status));
}
