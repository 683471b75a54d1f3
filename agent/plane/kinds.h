/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * The kinds that there are, for agent/plane/kind.c's table alone.
 */
#include "agent/plane/kind.h"

extern const struct plane_kind plane_aws;
extern const struct plane_kind plane_azure;
extern const struct plane_kind plane_gcp;
