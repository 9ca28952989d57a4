#include <stdio.h>
#include <string.h>

#include "args.h"
#include "conf/import.h"
#include "conf/near.h"
#include "diagnosecmd.h"
#include "local.h"
#include "phrase.h"
#include "probes/probe.h"
#include "remote.h"
#include "verbs.h"

static const struct args_spec probe_spec = {
	.verb = "probe", .options = "j", .words = "[IFACE|/dev/ptpN]", .words_max = 1,
	.help = "Shows interfaces, their hardware clocks and what they can do.",
};

static const struct args_spec import_spec = {
	.verb = "import", .options = "", .words = "[FOLDER]", .words_max = 1,
	.help = "Prints a configuration that does what the old init scripts do; FOLDER is\n"
		"where their settings are, /etc/default unless given. Changes nothing.",
};

static int help_main(int argc, char **argv);
static int probe_main(int argc, char **argv);
static int import_main(int argc, char **argv);

/* A new verb is a new row. */
static const struct verb {
	const char *name;
	int (*run)(int argc, char **argv);
	const char *help;
} verbs[] = {
	{ "run", run_main, "supervise, in the foreground; the job of the init system" },
	{ "check", check_main, "look at configuration and system, start nothing" },
	{ "probe", probe_main, "interfaces, their clocks and what they can do" },
	{ "status", remote_main, "how the units are (what is done without a verb)" },
	{ "start", remote_main, "start a unit" },
	{ "stop", remote_main, "stop a unit" },
	{ "restart", remote_main, "stop a unit and start it again" },
	{ "reload", remote_main, "read the configuration again, restart only what changed" },
	{ "shutdown", remote_main, "end the supervisor" },
	{ "wait", wait_main, "wait until units are ready, also for the supervisor to appear" },
	{ "why", why_main, "what is wrong with a unit, or what the id of a finding means" },
	{ "diagnose", diagnose_main, "explain a log and facts without a supervisor" },
	{ "report", report_main, "all about an incident as one page, for somebody who was not there" },
	{ "monitor", remote_main, "show what happens, as it happens" },
	{ "log", log_main, "what a unit printed" },
	{ "timeline", timeline_main, "step back through what happened, event by event" },
	{ "history", history_main, "failures that were seen, how often; evidence of unexplained ones" },
	{ "rules", rules_main, "test a file of rules of your own" },
	{ "import", import_main, "print a configuration made of the old init scripts" },
	{ "help", help_main, "this list" },
};

static void print_help(FILE *out)
{
	fputs("usage: ptpwarden [VERB] [OPTION]... [WORD]...\n"
	      "Keeps ptp4l and phc2sys running and says why when they do not.\n\n", out);
	for (size_t i = 0; i < ARRAY_LEN(verbs); i++)
		fprintf(out, "  %-9s %s\n", verbs[i].name, verbs[i].help);
	fputs("\n'ptpwarden VERB -h' tells the options of a verb, ptpwarden(8) everything.\n", out);
}

static int help_main(int argc, char **argv)
{
	print_help(stdout);
	return RC_OK;
}

static const struct verb *verb_of(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(verbs); i++)
		if (!strcmp(verbs[i].name, name))
			return &verbs[i];
	return NULL;
}

static int unknown_verb(const char *name)
{
	char room[256];
	struct text t = text_in(room, sizeof(room));
	struct near near;

	near_start(&near, name);
	for (size_t i = 0; i < ARRAY_LEN(verbs); i++)
		near_offer(&near, verbs[i].name);
	phrase_safe(&t, name);
	if (near_best(&near))
		fprintf(stderr, "ptpwarden: there is no verb '%s'. Did you mean '%s'?\n", room,
			near_best(&near));
	else
		fprintf(stderr, "ptpwarden: there is no verb '%s'. 'ptpwarden -h' lists them.\n",
			room);
	return RC_USAGE;
}

static bool is_option(const char *word, const char *letter, const char *name)
{
	return !strcmp(word, letter) || !strcmp(word, name);
}

/* Options may stand in front of the verb; the verb becomes argv[0] of what is run. */
static int run_verb(int argc, char **argv, int at)
{
	const struct verb *v = verb_of(argv[at]);

	if (!v)
		return unknown_verb(argv[at]);
	memmove(&argv[1], &argv[0], (size_t)at * sizeof(argv[0]));
	argv[1] = (char *)v->name;
	return v->run(argc - 1, argv + 1);
}

static int probe_main(int argc, char **argv)
{
	struct args a = { .words = 0 };
	int rc = args_parse(&probe_spec, argc, argv, &a);

	if (!rc && a.help)
		args_print_usage(&probe_spec, stdout);
	return rc || a.help ? rc : probe_map(a.words ? a.word[0] : NULL, a.json, stdout);
}

static int import_main(int argc, char **argv)
{
	struct args a = { .words = 0 };
	struct err err = { 0 };
	int rc = args_parse(&import_spec, argc, argv, &a);

	if (!rc && a.help)
		args_print_usage(&import_spec, stdout);
	if (rc || a.help)
		return rc;
	rc = import_print(a.words ? a.word[0] : "/etc/default", stdout, &err);
	if (rc < 0)
		fprintf(stderr, "ptpwarden import: %s\n", err.text);
	return rc < 0 ? RC_FAILED : RC_OK;
}

int verbs_main(int argc, char **argv)
{
	int at = args_find_verb(argc, argv);
	char *status[] = { "status", NULL };

	if (argc < 2)
		return remote_main(1, status);
	if (at)
		return run_verb(argc, argv, at);
	if (is_option(argv[1], "-v", "--version")) {
		puts(VERSION);
		return RC_OK;
	}
	if (is_option(argv[1], "-h", "--help"))
		return help_main(argc, argv);
	argv[0] = "status";
	return remote_main(argc, argv);
}
