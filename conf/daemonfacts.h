/**
 * @file daemonfacts.h
 * @brief The effective configuration of a daemon as facts of the common vocabulary.
 */
#ifndef CONF_DAEMONFACTS_H
#define CONF_DAEMONFACTS_H

#include "conf/ptplint.h"
#include "daemon.h"
#include "fact.h"

/** ptp4l.* or phc2sys.*, iface.name, and config.error for the first error of `lint` (may be NULL). */
void daemon_conf_facts(const struct daemon_conf *conf, const struct lint *lint, struct facts *out);

#endif
