# SPDX-License-Identifier: Apache-2.0
# countersign-courier against the stand-in for Azure (tests/standin/).
COURIER_AZURE_CHECKS = tests/courier/azure.test
dist_check_SCRIPTS += $(COURIER_AZURE_CHECKS)
TESTS += $(COURIER_AZURE_CHECKS)
EXTRA_DIST += tests/courier/azure.py
