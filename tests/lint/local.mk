# SPDX-License-Identifier: Apache-2.0
dist_check_SCRIPTS += tests/lint/layers.test tests/lint/style.test tests/lint/shell.test
TESTS += tests/lint/layers.test tests/lint/style.test tests/lint/shell.test
EXTRA_DIST += tests/lint/cppcheck.sh tests/lint/cppcheck.suppressions tests/lint/clang-tidy.sh \
	.clang-tidy
