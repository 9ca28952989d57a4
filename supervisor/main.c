#include <stdio.h>
#include <string.h>

#include "control/diagnosecmd.h"

int main(int argc, char **argv)
{
	if (argc == 2 && !strcmp(argv[1], "-v")) {
		puts(VERSION);
		return 0;
	}
	if (argc > 1 && !strcmp(argv[1], "diagnose"))
		return diagnose_main(argc - 1, argv + 1);
	fputs("usage: ptpwarden -v\n", stderr);
	return 64;
}
