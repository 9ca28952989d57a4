/**
 * @file daemonfacts.h
 * @brief The effective configuration of a daemon as facts of the common vocabulary.
 */
#ifndef CONF_DAEMONFACTS_H
#define CONF_DAEMONFACTS_H

#include "conf/linuxptp/ptplint.h"
#include "daemon.h"
#include "fact.h"

/**
 * ptp4l.* or phc2sys.*, iface.name, config.path, and for the first error of
 * `lint` config.error and "block.ID".
 * @param whole_command the command line was known, and not only the file
 */
void daemon_conf_facts(const struct daemon_conf *conf, const struct lint *lint, bool whole_command,
		       struct facts *out);

#endif
