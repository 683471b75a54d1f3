/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Who this host is: what the configuration or the metadata says, fed to the pipeline when
 * it is new. A host that has become another instance (a cloned image, a moved disk) is a
 * finding.
 */
#include "agent/pipeline.h"
#include "courier/message.h"

/* What the configuration says. True when it names the instance: the metadata need not be
 * asked. Where nothing is known at all, only since when this host is watched is fed. */
bool host_identity_begin(struct pipeline *pipeline, const struct config *config,
			 us_time watched_since);

/* What the metadata says. */
void host_identity_learn(struct pipeline *pipeline, const struct identity_answer *answer,
			 us_time watched_since);
