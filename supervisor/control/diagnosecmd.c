#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "casefile.h"
#include "conf/linuxptp/command.h"
#include "conf/linuxptp/daemonconf.h"
#include "conf/linuxptp/daemonfacts.h"
#include "conf/rules/rulesdir.h"
#include "conf/words.h"
#include "diagnosecmd.h"
#include "render_why.h"
#include "supervisor/diagnose/diagnose.h"
#include "supervisor/diagnose/factlist.h"
#include "verbs.h"
#include "verdictjson.h"

enum { READ_BYTES = 256 * 1024 };

struct job {
	const char *program_name, *log, *exit, *signal, *config, *command, *rules_dir, *case_file;
	bool json, list;
	enum program program;
	const struct rulebase *rules;
	struct facts facts;
	struct log_digest log_digest;
	char log_of_case[1024];
};

static const char usage[] =
	"usage: ptpwarden diagnose [--program NAME] [--log FILE|-] [--exit N|--signal NAME]\n"
	"                [--config FILE] [--command TEXT] [--fact NAME=VALUE]...\n"
	"                [--case FILE.json] [--rules DIR] [--facts] [-j|--json]\n"
	"Say what the output of a failed daemon, and whatever else is known, means.\n";

static int complain(const char *what, const char *why)
{
	fprintf(stderr, "ptpwarden diagnose: %s: %s\n", what, why);
	return RC_USAGE;
}

/* --- facts --- */

static int given_fact(struct job *j, const char *text)
{
	const char *eq = strchr(text, '=');
	char name[FACT_NAME_MAX];

	if (!eq || eq == text || (size_t)(eq - text) >= sizeof(name))
		return complain(text, "wanted NAME=VALUE, for instance iface.carrier=no");
	snprintf(name, sizeof(name), "%.*s", (int)(eq - text), text);
	facts_set(&j->facts, "operator", MSEC_NONE, name, "%s", eq + 1);
	return 0;
}

static int signal_number(const char *name)
{
	char *end;
	long n = strtol(name, &end, 10);

	if (end != name && !*end)
		return n > 0 && n < 65 ? (int)n : 0;
	name += !strncmp(name, "SIG", 3) ? 3 : 0;
	for (int i = 1; i < 32; i++)
		if (!strcmp(signal_name(i), name))
			return i;
	return 0;
}

/* 128 + n is how shells report a signal; linuxptp itself ends with 0, 1, 254 or 255. */
static void ended(struct job *j, bool by_signal, int code)
{
	struct exit_info end = {
		.kind = by_signal ? EXIT_KIND_SIGNAL : EXIT_KIND_EXIT, .code = code,
		.by = EXIT_BY_UNKNOWN, .at = MSEC_NONE, .after_ms = MSEC_NONE,
	};

	if (!by_signal && code > 128 && code < 160 && strcmp(signal_name(code - 128), "?")) {
		end.kind = EXIT_KIND_SIGNAL;
		end.code = code - 128;
	}
	exit_facts(&end, &j->facts);
}

static int read_ending(struct job *j)
{
	char *rest;
	long code;

	if (j->signal) {
		int n = signal_number(j->signal);

		if (!n)
			return complain(j->signal, "is no signal; wanted a name such as SEGV or a number");
		ended(j, true, n);
	}
	if (!j->exit)
		return 0;
	code = strtol(j->exit, &rest, 10);
	if (rest == j->exit || *rest || code < 0 || code > 255)
		return complain(j->exit, "is no exit status; wanted 0 to 255");
	ended(j, false, (int)code);
	return 0;
}

/* What the daemon would have seen; facts given by hand or by the case win later. */
static int read_configuration(struct job *j)
{
	static struct words words;
	static struct daemon_conf conf;
	static struct lint lint;
	struct err err = { 0 };
	char *only_file[] = { (char *)(uintptr_t)j->program_name, "-f",
			      (char *)(uintptr_t)j->config, NULL };
	char *const *argv = only_file;
	int rc;

	if (!j->config && !j->command)
		return 0;
	if (j->command) {
		if (words_split(j->command, &words, NULL, &err) < 0)
			return complain("--command", err.text);
		argv = words.at + command_start(words.at, j->program);
	}
	if (j->program == PROG_OTHER)
		return complain("--config", "name the program: --program ptp4l, phc2sys or ts2phc");
	rc = daemon_conf_read(j->program, argv, lp_version_parse(
			      facts_value(&j->facts, "tool.version") ?: ""), &conf, &lint);
	daemon_conf_facts(&conf, &lint, j->command != NULL, &j->facts);
	if (rc < 0 && j->config)
		facts_set(&j->facts, "config", MSEC_NONE, "file.missing", "%s", j->config);
	return 0;
}

/* --- input --- */

static int open_input(const char *path)
{
	return strcmp(path, "-") ? open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY) : dup(STDIN_FILENO);
}

/* Whole lines are taken from `room`; what is left of a line is moved to its front. */
static size_t take_lines(struct job *j, char *room, size_t len, bool end)
{
	char *line = room, *eol;

	while ((eol = memchr(line, '\n', (size_t)(room + len - line)))) {
		log_digest_line(&j->log_digest, j->rules, j->program, line, (size_t)(eol - line), 0);
		line = eol + 1;
	}
	len -= (size_t)(line - room);
	if (len && (end || len == READ_BYTES)) {
		log_digest_line(&j->log_digest, j->rules, j->program, line, len, 0);
		return 0;
	}
	memmove(room, line, len);
	return len;
}

static int read_log(struct job *j, const char *path)
{
	static char room[READ_BYTES];
	size_t used = 0;
	ssize_t n;
	int fd = open_input(path);

	if (fd < 0)
		return complain(path, strerror(errno));
	while ((n = read(fd, room + used, sizeof(room) - used)) > 0 || (n < 0 && errno == EINTR))
		used = n > 0 ? take_lines(j, room, used + (size_t)n, false) : used;
	take_lines(j, room, used, true);
	close(fd);
	return n < 0 ? complain(path, strerror(errno)) : 0;
}

/* The log of "NAME.json" is "NAME.log". */
static void log_beside(struct job *j)
{
	size_t len = strlen(j->case_file);

	if (len > 5 && !strcmp(j->case_file + len - 5, ".json"))
		len -= 5;
	snprintf(j->log_of_case, sizeof(j->log_of_case), "%.*s.log", (int)len, j->case_file);
	if (!j->log && !access(j->log_of_case, R_OK))
		j->log = j->log_of_case;
}

static int read_case(struct job *j)
{
	static char json[CASE_BYTES_MAX];
	static struct casefile c;
	struct err err = { 0 };
	size_t len = 0;
	ssize_t n;
	int fd;

	if (!j->case_file)
		return 0;
	fd = open_input(j->case_file);
	if (fd < 0)
		return complain(j->case_file, strerror(errno));
	while (len < sizeof(json) && (n = read(fd, json + len, sizeof(json) - len)) > 0)
		len += (size_t)n;
	close(fd);
	if (len == sizeof(json))
		return complain(j->case_file, "is too large for a case (256 KiB)");
	if (casefile_parse(json, len, &c, &j->facts, &err) < 0)
		return complain(j->case_file, err.text);
	if (c.program[0] && !j->program_name) {
		j->program_name = c.program;
		j->program = command_program(c.program);
	}
	if (c.has_exit && !j->exit)
		ended(j, false, c.exit);
	if (c.signal[0] && !j->signal && signal_number(c.signal))
		ended(j, true, signal_number(c.signal));
	log_beside(j);
	return 0;
}

/* --- options --- */

enum { OPT_PROGRAM = 256, OPT_LOG, OPT_EXIT, OPT_SIGNAL, OPT_CONFIG, OPT_COMMAND, OPT_FACT, OPT_CASE,
       OPT_RULES, OPT_FACTS };

static const char **place_of(struct job *j, int option)
{
	switch (option) {
	case OPT_PROGRAM: return &j->program_name;
	case OPT_LOG: return &j->log;
	case OPT_EXIT: return &j->exit;
	case OPT_SIGNAL: return &j->signal;
	case OPT_CONFIG: return &j->config;
	case OPT_COMMAND: return &j->command;
	case OPT_CASE: return &j->case_file;
	case OPT_RULES: return &j->rules_dir;
	default: return NULL;
	}
}

/* Facts come last, so that what a person says wins; `facts` says which pass this is. */
static int read_options(struct job *j, int argc, char **argv, bool facts)
{
	static const struct option options[] = {
		{ "program", required_argument, NULL, OPT_PROGRAM },
		{ "log", required_argument, NULL, OPT_LOG },
		{ "exit", required_argument, NULL, OPT_EXIT },
		{ "signal", required_argument, NULL, OPT_SIGNAL },
		{ "config", required_argument, NULL, OPT_CONFIG },
		{ "command", required_argument, NULL, OPT_COMMAND },
		{ "fact", required_argument, NULL, OPT_FACT },
		{ "case", required_argument, NULL, OPT_CASE },
		{ "rules", required_argument, NULL, OPT_RULES },
		{ "facts", no_argument, NULL, OPT_FACTS },
		{ "json", no_argument, NULL, 'j' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	int o;

	optind = 1;
	while ((o = getopt_long(argc, argv, "jh", options, NULL)) != -1) {
		if (o == 'j') {
			j->json = true;
		} else if (o == OPT_FACTS) {
			j->list = true;
		} else if (o == 'h') {
			fputs(usage, stdout);
			return -1;
		} else if (o == OPT_FACT) {
			if (facts && given_fact(j, optarg))
				return RC_USAGE;
		} else if (place_of(j, o)) {
			*place_of(j, o) = optarg;
		} else {
			fputs(usage, stderr);
			return RC_USAGE;
		}
	}
	if (optind < argc)
		return complain(argv[optind], "is not understood; see ptpwarden diagnose --help");
	return 0;
}

static int gather(struct job *j, int argc, char **argv)
{
	const char *kernel;
	int rc = read_case(j);

	if (!rc)
		rc = read_ending(j);
	/* twice: the version decides how the configuration is read, and what a person says wins */
	if (!rc)
		rc = read_options(j, argc, argv, true);
	if (!rc)
		rc = read_configuration(j);
	if (!rc)
		rc = read_options(j, argc, argv, true);
	if (rc)
		return rc;
	if (!j->log && !j->facts.n)
		return complain("nothing to look at", "give --log, --case, --exit, --signal or --fact");
	if (j->program_name)
		facts_set(&j->facts, "operator", MSEC_NONE, "tool.name", "%s", j->program_name);
	if (j->log)
		rc = read_log(j, j->log);
	kernel = facts_value(&j->facts, "kernel.message");
	if (kernel && strcmp(kernel, "none"))
		log_digest_line(&j->log_digest, j->rules, PROG_OTHER, kernel, strlen(kernel), 0);
	return rc;
}

static void answer(const struct job *j, const struct verdict *v)
{
	static char room[VERDICT_JSON_MAX + 2 * FACTLIST_BYTES], list[FACTLIST_BYTES];
	struct text t = text_in(room, sizeof(room)), l = text_in(list, sizeof(list));

	if (j->list)
		factlist_write(j->rules, &j->facts, &j->log_digest, MSEC_NONE, &l);
	if (j->json && j->list)
		verdict_json_facts(v, NULL, list, MSEC_NONE, &t);
	else if (j->json)
		verdict_json(v, NULL, &t);
	else
		explain_verdict(v, j->program_name ? j->program_name : "the program", &t);
	if (j->json)
		text_add(&t, "\n");
	else if (j->list)
		why_facts(list, MSEC_NONE, &t);
	fputs(room, stdout);
}

int diagnose_main(int argc, char **argv)
{
	static struct job j;
	static struct verdict v;
	struct rules_dir *extra = NULL;
	int rc = read_options(&j, argc, argv, false);

	if (rc)
		return rc < 0 ? RC_OK : rc;
	j.program = j.program_name ? command_program(j.program_name) : PROG_OTHER;
	j.rules = rulebase_builtin();
	if (j.rules_dir) {
		extra = rules_dir_load(j.rules_dir, stderr);
		if (!extra)
			return RC_USAGE;
		j.rules = rules_dir_base(extra);
	}
	rc = gather(&j, argc, argv);
	if (!rc) {
		diagnose(j.rules, &j.facts, &j.log_digest, MSEC_NONE, &v);
		answer(&j, &v);
		rc = verdict_rc(&v);
	}
	rules_dir_free(extra);
	return rc;
}
