/**
 * @file remote.h
 * @brief Verbs that the running supervisor answers. argv[0] is the verb; the exit code comes back.
 */
#ifndef PTPWARDEN_CONTROL_REMOTE_H
#define PTPWARDEN_CONTROL_REMOTE_H

/** status, start, stop, restart, reload, shutdown, monitor. */
int remote_main(int argc, char **argv);

/** Also waits for the supervisor itself. */
int wait_main(int argc, char **argv);

/** Of a unit: the supervisor's newest incident. Of an id: what is built in. */
int why_main(int argc, char **argv);

#endif
