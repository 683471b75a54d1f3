/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Whether this machine is of Compute Engine, by what its firmware says, without any
 * network. Source: "Detect if a VM is running in Compute Engine", Compute Engine
 * documentation.
 */
#include <stdbool.h>

/* `root` is put before each path; "" for the machine itself. */
bool gcp_is_here(const char *root);
