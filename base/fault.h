/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Fault points: named places at which a test kills the process as `kill -9` would, to
 * prove that nothing is lost and nothing doubled there. Built in only with
 * --enable-fault-points; otherwise they are nothing at all.
 */
#ifdef FAULT_POINTS
/* Dies by SIGKILL when COUNTERSIGN_FAULT is "NAME:N" and this is the N-th time (from 1)
 * that NAME is passed. With COUNTERSIGN_FAULT_LIST=FILE every name is appended to FILE
 * the first time it is passed. */
void fault_point(const char *name);
#define FAULT_POINT(name) fault_point(name)
#else
#define FAULT_POINT(name) ((void)0)
#endif
