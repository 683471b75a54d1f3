# SPDX-License-Identifier: Apache-2.0
# What contrib/ says of the records, against the golden ones; the roll-out aids as they are written,
# and, in machine.test, really run against a Debian that is booted for them.
contrib_tests = tests/contrib/contrib.test tests/contrib/rollout.test tests/contrib/machine.test
dist_check_SCRIPTS += $(contrib_tests)
TESTS += $(contrib_tests)
