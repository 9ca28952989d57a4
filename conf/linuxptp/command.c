#include <stdio.h>
#include <string.h>

#include "command.h"

static const char *const names[] = {
	[PROG_OTHER] = "other",	    [PROG_PTP4L] = "ptp4l",	      [PROG_PHC2SYS] = "phc2sys",
	[PROG_TS2PHC] = "ts2phc", [PROG_TIMEMASTER] = "timemaster",
};

/* Short options that take a value, of all versions: letters behind one of these are its value. */
static const char *const with_value[] = {
	[PROG_PTP4L] = "filp",
	[PROG_PHC2SYS] = "cdfsDEPISFRNOLMiunzlt",
	[PROG_TS2PHC] = "cfilsSt",
	[PROG_TIMEMASTER] = "fl",
};

const char *program_name(enum program program)
{
	return NAME_OF(names, program);
}

enum program command_program(const char *word)
{
	const char *slash = strrchr(word, '/');

	if (slash)
		word = slash + 1;
	for (unsigned i = PROG_OTHER + 1; i < ARRAY_LEN(names); i++)
		if (!strcmp(word, names[i]))
			return (enum program)i;
	return PROG_OTHER;
}

unsigned command_start(char *const argv[], enum program program)
{
	if (program == PROG_OTHER)
		return 0;
	for (unsigned i = 0; argv[i]; i++)
		if (command_program(argv[i]) == program)
			return i;
	return 0;
}

/* Looks at one -xyz word; *value: its last option has its value in the next word. */
static bool flag_in(const char *word, const char *valued, char letter, bool *value)
{
	for (const char *c = word + 1; *c; c++) {
		if (*c == letter)
			return true;
		if (strchr(valued, *c)) {
			*value = !c[1];
			return false;
		}
	}
	return false;
}

bool command_has_flag(char *const argv[], enum program program, char letter)
{
	const char *valued = (size_t)program < ARRAY_LEN(with_value) ? with_value[program] : NULL;

	for (unsigned i = 1; argv[0] && argv[i]; i++) {
		bool value = false;

		if (!strcmp(argv[i], "--"))
			return false;
		if (!strncmp(argv[i], "--", 2))
			value = !strchr(argv[i], '='); /* every long option of linuxptp takes one */
		else if (argv[i][0] == '-' &&
			 flag_in(argv[i], valued ? valued : "", letter, &value))
			return true;
		if (value && argv[i + 1])
			i++;
	}
	return false;
}
