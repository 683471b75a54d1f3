# SPDX-License-Identifier: Apache-2.0
# The built countersign-courier, through $COUNTERSIGN_COURIER or from the build tree.
COURIER_CHECKS = \
	tests/courier/deliver.test \
	tests/courier/memory.test \
	tests/courier/metadata.test \
	tests/courier/process.test \
	tests/courier/proxy.test \
	tests/courier/receivers.test
dist_check_SCRIPTS += $(COURIER_CHECKS)
TESTS += $(COURIER_CHECKS)
EXTRA_DIST += \
	tests/courier/courier.py tests/courier/deliver.py tests/courier/imds.py \
	tests/courier/memory.py tests/courier/memory_of.py tests/courier/metadata.py tests/courier/process.py \
	tests/courier/proxy.py tests/courier/receivers.py
include tests/courier/azure.mk
include tests/courier/gcp.mk
