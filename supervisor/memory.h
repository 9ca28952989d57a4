/**
 * @file memory.h
 * @brief What survives us, joined to the rest: state_dir's pieces, and what is said about them.
 */
#ifndef PTPWARDEN_MEMORY_H
#define PTPWARDEN_MEMORY_H

#include "err.h"

struct supervisor;

/** Read what an earlier ptpwarden left, once its writer has written it. 0 or -ENOMEM. */
int memory_open(struct supervisor *sup, struct err *err);
void memory_close(struct supervisor *sup);

/** The addresses of interfaces, from and into sup->cache: a name may be another card's next boot. */
void memory_recall_ifaces(struct supervisor *sup);
void memory_keep_ifaces(struct supervisor *sup);

#endif
