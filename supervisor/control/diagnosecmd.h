/**
 * @file diagnosecmd.h
 * @brief `ptpwarden diagnose`: the expert system without a supervisor, over a log, facts or a case.
 */
#ifndef PTPWARDEN_CONTROL_DIAGNOSECMD_H
#define PTPWARDEN_CONTROL_DIAGNOSECMD_H

/** argv[0] is the verb. @return 0 healthy, 2 a cause, 3 unknown, 64 bad usage or input */
int diagnose_main(int argc, char **argv);

#endif
