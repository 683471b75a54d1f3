/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Azure as a provider: metadata, the managed identity's token, the Activity Log, and what
 * they say, as answers to the daemon's requests.
 */
#include "courier/provider.h"

extern const struct provider_ops provider_azure;
