/*
 * Does the linter agree with the daemon? Feeds generated command lines and files to a real
 * linuxptp program and to the linter, and compares accept or refuse, the kind of the first error,
 * its line and its option. Prints one TAP line; a difference prints what reproduces it.
 *
 * usage: lintdiff PROGRAM VERSION SEED COUNT
 *        lintdiff PROGRAM VERSION -- WORD...	prints the linter's notes on that command line
 *
 * The interfaces do not exist, so a program that accepts its configuration ends a moment later.
 * Run it without CAP_SYS_TIME, in network and mount namespaces of its own. With LINTDIFF_KEEP set
 * the last file stays in /tmp.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "conf/linuxptp/daemonconf.h"
#include "lintgen.h"
#include "tmgen.h"

struct heard {
	char text[8192]; /* all that the program printed */
	int status;	 /* exit status, -1: had to be stopped */
};

/* What was wrong first. Kinds are words of the daemon's messages, by which both sides are read. */
struct outcome {
	const char *kind; /* NULL: nothing */
	unsigned line;
	char option[64];
};

/*
 * The message, what follows it up to the option's name, and what follows that. Order matters:
 * a line that is classified by one is not offered to the next.
 */
static const struct {
	const char *kind, *words, *option_after;
} messages[] = {
	{"tm section", "unknown section ", NULL},
	{"tm outside", "settings outside section", NULL},
	{"tm setting", " setting ", " setting "},
	{"tm value", "invalid value ", " for "},
	{"tm value", "invalid ptp_domain number", NULL},
	{"tm value", "unknown ntp program", NULL},
	{"tm address", "missing address for ntp_server", NULL},
	{"tm interfaces", "no interfaces specified for ptp_domain", NULL},
	{"range", " is an out of range value for option ", " for option "},
	{"malformed", " is a malformed value for option ", " for option "},
	{"bad", " is a bad value for option ", " for option "},
	{"unknown", "unknown option ", "unknown option "},
	{"valueless", "could not parse line ", NULL},
	{"nameless", "could not parse port name on line ", NULL},
	{"outside", "is not in a section", NULL},
	{"table", ": missing table_id", NULL},
	{"table", ": bad address", NULL},
	{"table", " already taken", NULL},
	{"table", "logQueryInterval ", NULL},
	{"table", "bad master table", NULL},
	{"table", ": table_id ", NULL},
	{"letter", "invalid option -- ", NULL},
	{"argument", "option requires an argument", NULL},
	{"argument", "' requires an argument", NULL},
	{"ambiguous", "' is ambiguous", NULL},
	{"long", "unrecognized option", NULL},
	{"letter value", ": invalid servo name", NULL},
	{"letter value", "invalid servo name", NULL},
	{"letter value", " is a malformed value", NULL},
	{"letter value", " is out of range", NULL},
	{"onestep", "one step is only possible", NULL},
	{"capable", "Cannot mix 1588 ", NULL},
	{"description", "invalid productDescription", NULL},
	{"description", "invalid revisionData", NULL},
	{"description", "invalid userDescription", NULL},
	{"description", "invalid manufacturerIdentity", NULL},
	{"identity", "failed to set clock identity", NULL},
	{"clock ports", " needs at least two interfaces", NULL},
	{"clock mechanism", " delay mechanism", NULL},
	{"no interface", "no interface specified", NULL},
	{"conflict", "autoconfiguration ", NULL},
	{"conflict", "time offset must be specified", NULL},
	{"conflict", "cannot use a pps device", NULL},
	{"sources", "too many PPS sources", NULL},
	{"sinks", "no slave clocks specified", NULL},
	{"sinks", "no PPS sinks specified", NULL},
};

static unsigned line_of(const char *text)
{
	const char *at = NULL;
	unsigned line = 0;

	for (const char *c = text; (c = strstr(c, "line ")); c++)
		at = c;
	if (at)
		(void)sscanf(at, "line %u", &line);
	return line;
}

static bool classify(const char *text, struct outcome *out)
{
	for (unsigned i = 0; i < ARRAY_LEN(messages); i++) {
		const char *at = strstr(text, messages[i].words), *option;

		if (!at)
			continue;
		*out = (struct outcome){.kind = messages[i].kind, .line = line_of(text)};
		option = messages[i].option_after ? strstr(at, messages[i].option_after) : NULL;
		if (option) {
			option += strlen(messages[i].option_after);
			snprintf(out->option, sizeof(out->option), "%.*s",
				 (int)strcspn(option, " :\n"), option);
		}
		return true;
	}
	return false;
}

static struct outcome of_daemon(struct heard *h)
{
	struct outcome out = {0};

	for (char *line = h->text, *end; *line; line = end) {
		end = line + strcspn(line, "\n");
		if (*end)
			*end++ = '\0';
		if (!strstr(line, "is deprecated, please use") && classify(line, &out))
			return out;
	}
	return out;
}

/* Notes about what the daemon lets pass, or meets only where an interface exists. */
static bool beyond_daemon(const struct lint_note *note)
{
	static const char *const ids[] = {
		"config.bmca_undecided",	  "config.clock_type_port",
		"config.delay_request_inhibited", "config.destination_mac",
		"config.unicast_table",		  "config.port_name",
		"config.port_only_in_file",	  "config.section_trailing",
		"config.command_exits",
		"config.tm_no_domain",
	};

	for (unsigned i = 0; i < ARRAY_LEN(ids); i++)
		if (!strcmp(note->id, ids[i]))
			return true;
	return note->severity != LINT_ERROR;
}

static struct outcome of_linter(const struct lint *lint)
{
	struct outcome out = {0};

	for (unsigned i = 0; i < lint->n; i++) {
		if (beyond_daemon(&lint->at[i]))
			continue;
		if (!classify(lint->at[i].text, &out))
			out.kind = lint->at[i].text;
		break;
	}
	return out;
}

/* End of file means that it has ended: it holds the pipe's only writers. */
static bool drained(int fd, struct heard *h)
{
	struct pollfd poll_fd = {.fd = fd, .events = POLLIN};
	size_t used = 0;
	ssize_t n = -1;

	while (used < sizeof(h->text) - 1 && poll(&poll_fd, 1, 2000) > 0) {
		n = read(fd, h->text + used, sizeof(h->text) - 1 - used);
		if (n <= 0)
			break;
		used += (size_t)n;
	}
	h->text[used] = '\0';
	for (size_t i = 0; i < used; i++) /* a NUL would hide the rest */
		if (!h->text[i])
			h->text[i] = '?';
	return n == 0;
}

static void listen_to(int fd, pid_t pid, struct heard *h)
{
	bool ended = drained(fd, h);
	int status;

	if (!ended)
		kill(pid, SIGKILL);
	waitpid(pid, &status, 0);
	h->status = !ended ? -1 : WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/* @param files limit on descriptors, 0: none */
static void run_daemon(const char *path, char *const argv[], unsigned files, struct heard *h)
{
	const struct rlimit few = {files, files};
	int pipes[2];
	pid_t pid;

	if (pipe(pipes) < 0 || (pid = fork()) < 0) {
		perror("lintdiff");
		exit(1);
	}
	if (!pid) {
		dup2(pipes[1], 1);
		dup2(pipes[1], 2);
		close(pipes[0]);
		close(pipes[1]);
		if (files)
			setrlimit(RLIMIT_NOFILE, &few);
		execv(path, argv);
		_exit(127);
	}
	close(pipes[1]);
	listen_to(pipes[0], pid, h);
	close(pipes[0]);
}

static void write_file(const char *path, const struct gen *g)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	if (fd < 0 || write(fd, g->file, g->len) != (ssize_t)g->len) {
		perror(path);
		exit(1);
	}
	close(fd);
}

static enum program program_of(const char *path)
{
	if (strstr(path, "phc2sys"))
		return PROG_PHC2SYS;
	return strstr(path, "ts2phc")	    ? PROG_TS2PHC
	       : strstr(path, "timemaster") ? PROG_TIMEMASTER
					    : PROG_PTP4L;
}

static const char *const ptp4l_words[] = {
	"-A",	  "-E",	      "-P",	  "-2",		  "-4",	   "-6",   "-H",
	"-S",	  "-L",	      "-s",	  "-l 6",	  "-l 7",  "-l 8", "-l x",
	"-l 0x5", "-i nope1", "-i nope2", "-p /dev/ptp9", "-mq",   "-qSm", "-Z",
	"-mZ",	  "-l",	      "-p",	  "--",		  "stray", "-",	   "-lq",
};
static const char *const phc2sys_words[] = {
	"-r",	  "-E pi",  "-E LINREG", "-E foo", "-P 0.5", "-P -1",	  "-I x",
	"-S 0.1", "-S nan", "-F 1e999",	 "-R 10",  "-R 0",   "-N 5",	  "-N 0",
	"-O 3",	  "-O x",   "-L 5",	 "-L -1",  "-M 4",   "-u 60",	  "-u -1",
	"-w",	  "-n 3",   "-n 200",	 "-n 256", "-x",     "-z /tmp/x", "-l 7",
	"-l 9",	  "-t tag", "-mq",	 "-Z",	   "-n",     "-a",	  "stray",
};
static const char *const ts2phc_words[] = {"-l 7",     "-l 8", "-s nmea", "-s generic",
					   "-c nope1", "-mq",  "-Z",	  "-l"};

static void gen_command(struct gen *g, enum program program, const char *path, const char *file)
{
	g->argc = 0;
	g->used = 0;
	gen_word(g, path);
	gen_word(g, "-q");
	gen_word(g, "-m");
	if (program == PROG_PTP4L)
		gen_word(g, "-inope0");
	else if (!gen_chance(g, 50))
		gen_word(g, program == PROG_PHC2SYS ? "-snope0" : "-cnope0");
	if (program == PROG_PHC2SYS && !gen_chance(g, 50))
		gen_word(g, "-w");
	gen_word(g, "-f");
	gen_word(g, file);
	for (unsigned n = gen_chance(g, 300) ? gen_below(g, 4) : 0; n; n--) {
		if (gen_chance(g, 500))
			gen_long_option(g);
		else if (program == PROG_PTP4L)
			gen_short_option(g, ptp4l_words, ARRAY_LEN(ptp4l_words));
		else if (program == PROG_PHC2SYS)
			gen_short_option(g, phc2sys_words, ARRAY_LEN(phc2sys_words));
		else
			gen_short_option(g, ts2phc_words, ARRAY_LEN(ts2phc_words));
	}
	/* last, so that no other option can silence the messages that we compare */
	if (!g->argv[g->argc - 1] || strcmp(g->argv[g->argc - 1], "--"))
		gen_word(g, "-ml6");
}

/* Differences that are meant. */
static bool explained(const struct outcome *daemon, const struct outcome *linter,
		      const struct lint *lint, lp_version version)
{
	/*
	 * For the daemon "[global] x" is a port whose options have the names of the global ones, so
	 * that it sets those. The linter has refused the section; what follows from it differs.
	 */
	for (unsigned i = 0; i < lint->n; i++)
		if (!strcmp(lint->at[i].id, "config.section_trailing") && !daemon->line)
			return true;
	if (!linter->kind)
		return false;
	/*
	 * Before 4.0 an ambiguous long option silently sets whichever option comes first in the
	 * program's table. Nobody can mean that, so it is an error for us.
	 */
	if (!strcmp(linter->kind, "ambiguous"))
		return version < 0x040000;
	/* ts2phc counts sinks and sources while it opens clocks, none of which exists here */
	if (!strcmp(linter->kind, "sinks") || !strcmp(linter->kind, "sources"))
		return !daemon->kind;
	/* clockIdentity is looked at after the interface, which does not exist here */
	return !strcmp(linter->kind, "identity") && !daemon->kind;
}

static bool same(const struct outcome *a, const struct outcome *b)
{
	if (!a->kind || !b->kind)
		return a->kind == b->kind;
	/* a name that is longer than a note holds is compared as far as it goes */
	return !strcmp(a->kind, b->kind) && a->line == b->line &&
	       !strncmp(a->option, b->option, 40);
}

static void report(const struct gen *g, uint64_t seed, const struct outcome *daemon,
		   const struct outcome *linter)
{
	printf("# seed %llu:", (unsigned long long)seed);
	for (unsigned i = 1; i < g->argc; i++)
		printf(" '%s'", g->argv[i]);
	printf("\n#   daemon: %s line %u %s\n#   linter: %s line %u %s\n",
	       daemon->kind ? daemon->kind : "accepts", daemon->line, daemon->option,
	       linter->kind ? linter->kind : "accepts", linter->line, linter->option);
}

static int print_notes(enum program program, lp_version version, char **argv)
{
	static struct lint lint;
	struct daemon_conf conf;

	(void)daemon_conf_read(program, argv, version, &conf, &lint);
	for (unsigned i = 0; i < lint.n; i++)
		printf("%s %s\n", lint.at[i].id, lint.at[i].text);
	return lint.errors != 0;
}

struct tally {
	unsigned refused, stopped, differ;
};

/*
 * timemaster -n prints "FILE:", the file, and so on, then "commands:". Write the first ptp4l's file
 * to `file` and run that ptp4l with it. Too few descriptors: it ends once it has read its file.
 */
static bool run_child(const char *path, char *printed, const char *file, struct heard *h)
{
	char program[256], *argv[ARGS_MAX] = {program}, *conf, *end, *next, *command, *word;
	int n = 1, fd = open(file, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	const char *slash = strrchr(path, '/');

	conf = strstr(printed, "[global]\n");
	end = conf;
	/* up to timemaster's own, which is the last; what follows is about the servo */
	next = conf ? strstr(conf, ".conf:\n") : NULL;
	for (char *at = conf;
	     at && (at = strstr(at, "\nuds_address ")) && (!next || at < next); at++)
		end = at;
	command = conf ? strstr(conf, "\ncommands:\n") : NULL;
	command = command ? strstr(command, "ptp4l ") : NULL;
	if (fd < 0 || end == conf || !command || write(fd, conf, (size_t)(end - conf) + 1) < 0) {
		close(fd);
		return false;
	}
	close(fd);
	snprintf(program, sizeof(program), "%.*s/ptp4l", (int)(slash - path), path);
	command[strcspn(command, "\n")] = '\0';
	(void)strtok(command, " ");
	while ((word = strtok(NULL, " ")) && n < ARGS_MAX - 4) {
		argv[n++] = word;
		if (!strcmp(word, "-f") && strtok(NULL, " "))
			argv[n++] = (char *)file;
	}
	argv[n++] = (char *)"-mq";
	argv[n++] = (char *)"-l6";
	argv[n] = NULL;
	run_daemon(program, argv, 4, h);
	return true;
}

/*
 * What is not compared: files with several domains, of which only the first one's ptp4l is run, and
 * one-step on lo, where timemaster adds -S. The linter cannot know what an interface can do.
 */
static bool child_explained(const struct outcome *child, const struct gen *g)
{
	const char *domain = memmem(g->file, g->len, "omain ", 6);

	if (child->kind && !strcmp(child->kind, "onestep"))
		return true;
	return domain && memmem(domain + 1, (size_t)(g->file + g->len - domain) - 1, "omain ", 6);
}

/* The first error of the child stands among the linter's, and none of those is invented. */
static bool child_agrees(const struct outcome *child, const struct lint *lint)
{
	bool any = false;

	for (unsigned i = 0; i < lint->n; i++) {
		struct outcome o = {0};

		if (beyond_daemon(&lint->at[i]) || !classify(lint->at[i].text, &o))
			continue;
		any = true;
		if (child->kind && !strcmp(o.kind, child->kind) &&
		    !strncmp(o.option, child->option, 40))
			return true;
	}
	return !child->kind && !any;
}

static void try_timemaster(const char *path, lp_version version, uint64_t seed, struct tally *t)
{
	static struct gen g;
	static struct heard heard, child;
	static struct lint lint;
	struct outcome daemon, linter, of_child = {0};
	struct daemon_conf conf;
	char file[64], made_up[64];
	char *argv[] = {(char *)path, (char *)"-nmq", (char *)"-f", file, NULL};
	bool agree;

	snprintf(file, sizeof(file), "/tmp/lintdiff.%d.conf", getpid());
	snprintf(made_up, sizeof(made_up), "/tmp/lintdiff.%d.ptp4l", getpid());
	gen_seed(&g, seed, version);
	tmgen_file(&g);
	write_file(file, &g);
	(void)daemon_conf_read(PROG_TIMEMASTER, argv, version, &conf, &lint);
	run_daemon(path, argv, 0, &heard);
	child.text[0] = '\0';
	if (strncmp(heard.text, "timemaster[", 11) && run_child(path, heard.text, made_up, &child))
		of_child = of_daemon(&child);
	daemon = strncmp(heard.text, "timemaster[", 11) ? of_child : of_daemon(&heard);
	linter = of_linter(&lint);
	agree = child.text[0] || !daemon.kind || strncmp(daemon.kind, "tm ", 3)
			? child_agrees(&daemon, &lint) || !child.text[0]
			: same(&daemon, &(struct outcome){linter.kind, 0, ""}) ||
				  (linter.kind && !strcmp(daemon.kind, linter.kind));
	t->refused += daemon.kind != NULL;
	t->stopped += heard.status < 0;
	if (!agree && !child_explained(&daemon, &g) && ++t->differ <= 10) {
		g.argc = 0;
		report(&g, seed, &daemon, &linter);
	}
	if (!getenv("LINTDIFF_KEEP"))
		unlink(file);
	unlink(made_up);
}

static void try_one(const char *path, lp_version version, uint64_t seed, struct tally *t)
{
	static struct gen g;
	static struct heard heard;
	static struct lint lint;
	enum program program = program_of(path);
	struct outcome daemon, linter;
	struct daemon_conf conf;
	char file[64];

	snprintf(file, sizeof(file), "/tmp/lintdiff.%d.conf", getpid());
	gen_seed(&g, seed, version);
	gen_file(&g);
	gen_command(&g, program, path, file);
	write_file(file, &g);
	(void)daemon_conf_read(program, g.argv, version, &conf, &lint);
	run_daemon(path, g.argv, 0, &heard);
	if (!getenv("LINTDIFF_KEEP"))
		unlink(file);
	daemon = of_daemon(&heard);
	linter = of_linter(&lint);
	t->refused += daemon.kind != NULL;
	t->stopped += heard.status < 0;
	if (!same(&daemon, &linter) && !explained(&daemon, &linter, &lint, version) &&
	    ++t->differ <= 10)
		report(&g, seed, &daemon, &linter);
}

int main(int argc, char **argv)
{
	struct tally t = {0};
	lp_version version;
	uint64_t seed;
	unsigned count;

	if (argc < 5) {
		fputs("usage: lintdiff PROGRAM VERSION SEED COUNT | -- WORD...\n", stderr);
		return 64;
	}
	version = lp_version_parse(argv[2]);
	if (!strcmp(argv[3], "--"))
		return print_notes(program_of(argv[1]), version, argv + 3);
	seed = strtoull(argv[3], NULL, 0);
	count = (unsigned)strtoul(argv[4], NULL, 0);
	for (unsigned i = 0; i < count; i++)
		(program_of(argv[1]) == PROG_TIMEMASTER ? try_timemaster
							: try_one)(argv[1], version, seed + i, &t);
	printf("# %s %s: %u files from seed %llu, %u refused, %u had to be stopped, %u "
	       "differences\n",
	       argv[1], argv[2], count, (unsigned long long)seed, t.refused, t.stopped, t.differ);
	return t.differ != 0;
}
