/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Whether this machine is of Azure, by what its firmware says, without any network. The
 * chassis' asset tag is the same on all of Azure's machines (as cloud-init tells them,
 * DataSourceAzure.py); the vendor "Microsoft Corporation" alone is any Hyper-V.
 */
#include <stdbool.h>

/* `root` is put before each path; "" for the machine itself. */
bool azure_is_here(const char *root);
