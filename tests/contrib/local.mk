# SPDX-License-Identifier: Apache-2.0
# What contrib/ says of the records, against the golden ones.
dist_check_SCRIPTS += tests/contrib/contrib.test
TESTS += tests/contrib/contrib.test
