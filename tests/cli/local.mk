# SPDX-License-Identifier: Apache-2.0
# The built binary, through $COUNTERSIGN.
CLI_CHECKS = \
	tests/cli/explain.test \
	tests/cli/hosts.test \
	tests/cli/hostile.test \
	tests/cli/inputs.test \
	tests/cli/journal.test \
	tests/cli/json.test \
	tests/cli/table.test \
	tests/cli/time.test \
	tests/cli/usage.test \
	tests/cli/verdicts.test
dist_check_SCRIPTS += $(CLI_CHECKS)
TESTS += $(CLI_CHECKS)
EXTRA_DIST += tests/cli/lib.sh
