# SPDX-License-Identifier: Apache-2.0
# Unit tests mirror the source: tests/unit/<folder>/t_<module>.c, CUnit, one program each.
if HAVE_CUNIT
include tests/unit/base/local.mk
include tests/unit/correlator/local.mk
include tests/unit/evidence/host/local.mk
include tests/unit/evidence/host/azure.mk
include tests/unit/evidence/ssm/local.mk
include tests/unit/evidence/cloud/local.mk
include tests/unit/input/local.mk
include tests/unit/agent/control.mk
include tests/unit/agent/follow/journal.mk
include tests/unit/agent/follow/tail.mk
include tests/unit/agent/sink/local.mk
include tests/unit/agent/store/local.mk
include tests/unit/agent/plane/local.mk
include tests/unit/agent/outbox.mk
include tests/unit/agent/sources.mk
include tests/unit/alert/local.mk
include tests/unit/config/local.mk
include tests/unit/courier/local.mk
include tests/unit/policy/local.mk
include tests/unit/policy/baseline.mk
include tests/unit/courier/aws/local.mk
include tests/unit/cli/local.mk
endif
