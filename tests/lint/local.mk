# SPDX-License-Identifier: Apache-2.0
LINT_CHECKS = tests/lint/layers.test tests/lint/links.test tests/lint/shell.test tests/lint/style.test
dist_check_SCRIPTS += $(LINT_CHECKS)
TESTS += $(LINT_CHECKS)
EXTRA_DIST += tests/lint/cppcheck.sh tests/lint/cppcheck.suppressions tests/lint/clang-tidy.sh \
	.clang-tidy
