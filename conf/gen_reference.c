/*
 * ptpwarden.conf(5) from its frame: the line @OPTIONS@ becomes the reference of
 * all options. Runs on the build machine, linked with the schema itself.
 */
#include <string.h>

#include "schema.h"

int main(void)
{
	char line[1024];

	while (fgets(line, sizeof(line), stdin)) {
		if (strcmp(line, "@OPTIONS@\n") == 0)
			schema_print_reference(stdout);
		else
			fputs(line, stdout);
	}
	return ferror(stdin) || fflush(stdout) ? 1 : 0;
}
