/**
 * @file ops.h
 * @brief What the control socket may see and do, on top of the units.
 */
#ifndef PTPWARDEN_OPS_H
#define PTPWARDEN_OPS_H

#include "supervisor.h"

/** The functions for control_server_start(); `sup` is kept. */
struct control_ops ops_for(struct supervisor *sup);

#endif
