/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * AWS as a provider: metadata, signed calls, and what they say, as answers to the
 * daemon's requests.
 */
#include "courier/provider.h"

extern const struct provider_ops provider_aws;
