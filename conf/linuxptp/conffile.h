/**
 * @file conffile.h
 * @brief Reads the bytes of a daemon's configuration file, and notes why that is not possible.
 */
#ifndef CONF_CONFFILE_H
#define CONF_CONFFILE_H

#include "conf/linuxptp/ptplint.h"

/**
 * @param bytes the content, to be freed by the caller; NULL on failure
 * @return 0; -errno with a note in `lint`: missing, no regular file, larger than 1 MB
 */
int conf_file_read(const char *name, struct lint *lint, char **bytes, size_t *len);

#endif
