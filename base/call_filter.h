/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Call filter: system calls that a daemon gives up for good, itself and all that it
 * forks. Whoever has taken it over runs no other program, be it a file in memory, looks
 * into no other process, and gets at none of the kernel's parts that it has no use for. A
 * unit of systemd cannot forbid execve(): systemd itself runs the program with it.
 */
#include <stdbool.h>

#include "base/err.h"

struct call_filter {
	bool keeps_memory_files; /* memfd_create(): libsystemd writes long entries so */
	bool is_debugging;	 /* ptrace() stays: a sanitizer looks for leaks with it */
};

/* What is forbidden fails with EPERM from now on. Fails where the kernel has no filters:
 * nothing is forbidden then. No thread may run yet. */
int call_filter_install(const struct call_filter *how, struct err *err)
	__attribute__((warn_unused_result));
