/**
 * @file schema.h
 * @brief Every option of the configuration: one table for loading, checking, printing and the reference.
 */
#ifndef CONF_SCHEMA_H
#define CONF_SCHEMA_H

#include <stdio.h>
#include "base.h"

/** ptpwarden.conf(5) as mdoc: the tables of all options, to be put into the manual page. */
void schema_print_reference(FILE *out);

#endif
