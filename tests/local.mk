# SPDX-License-Identifier: Apache-2.0
EXTRA_DIST += .ci/run scripts/test
include tests/support/local.mk
# Tests are run in this order, several at once: what takes long is begun first.
include tests/agent/local.mk
include tests/package/local.mk
include tests/system/local.mk
include tests/courier/local.mk
include tests/courier/cloudtrail.mk
include tests/crash/local.mk
include tests/fuzz/local.mk
include tests/tail/local.mk
include tests/world/local.mk
include tests/alert/local.mk
include tests/cli/local.mk
include tests/contrib/local.mk
include tests/journald/local.mk
include tests/lint/local.mk
include tests/golden/local.mk
include tests/scenarios/local.mk
include tests/unit/local.mk
