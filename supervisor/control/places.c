#include <stdio.h>

#include "conf/load.h"
#include "places.h"

void places_find(const char *file, struct places *out)
{
	struct conf_places of;

	(void)conf_places(file, &of);
	*out = (struct places){ 0 };
	snprintf(out->run_dir, sizeof(out->run_dir), "%s", of.run_dir);
	snprintf(out->log_dir, sizeof(out->log_dir), "%s", of.log_dir);
	snprintf(out->state_dir, sizeof(out->state_dir), "%s", of.state_dir);
	snprintf(out->socket, sizeof(out->socket), "%s/control.sock", of.run_dir);
}
