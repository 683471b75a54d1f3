/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Google Cloud as a provider: metadata, Cloud Logging, and what they say, as answers to
 * the daemon's requests.
 */
#include "courier/provider.h"

extern const struct provider_ops provider_gcp;
