# SPDX-License-Identifier: Apache-2.0
# A booted Debian; skipped by name where none can be booted.
dist_check_SCRIPTS += tests/system/system.test
TESTS += tests/system/system.test
EXTRA_DIST += tests/system/inside.py tests/system/instance_connect \
	tests/system/machine.py tests/system/machine.sh
