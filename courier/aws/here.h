/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Whether this machine is of EC2, by what its firmware and hypervisor say, without any
 * network. Source: "Identify EC2 instances", Amazon EC2 User Guide; any of the signs is
 * enough, as each is missing somewhere (bare metal, Xen, containers).
 */
#include <stdbool.h>

/* `root` is put before each path; "" for the machine itself. */
bool aws_is_here(const char *root);
