#include <stdio.h>
#include <stdlib.h>

#include "conf/load.h"
#include "conf/near.h"
#include "conf/planmake.h"
#include "phrase.h"
#include "unitname.h"
#include "verbs.h"

int unit_unknown(const char *verb, const struct plan *plan, const char *name)
{
	char room[256];
	struct text t = text_in(room, sizeof(room));
	struct near near;

	near_start(&near, name);
	for (unsigned i = 0; i < plan->units; i++)
		near_offer(&near, plan->unit[i].name);
	phrase_safe(&t, name);
	fprintf(stderr, "ptpwarden %s: there is no unit '%s' in the configuration.", verb, room);
	if (near_best(&near))
		fprintf(stderr, " Did you mean '%s'?", near_best(&near));
	fputc('\n', stderr);
	return RC_USAGE;
}

int unit_known(const char *verb, const char *file, const char *name)
{
	struct conf_errors *errs = calloc(1, sizeof(*errs));
	struct plan *plan = NULL;
	int rc = 0;

	if (errs && conf_load(file, &plan, errs) == 0 && plan_find_unit(plan, name) < 0)
		rc = unit_unknown(verb, plan, name);
	plan_free(plan);
	free(errs);
	return rc;
}
