#include <stdio.h>
#include <string.h>

int main(int argc, char **argv)
{
	if (argc == 2 && !strcmp(argv[1], "-v")) {
		puts(VERSION);
		return 0;
	}
	fputs("usage: ptpwarden -v\n", stderr);
	return 64;
}
