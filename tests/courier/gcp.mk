# SPDX-License-Identifier: Apache-2.0
# countersign-courier against the stand-in for Google Cloud (tests/standin/gcp.py).
dist_check_SCRIPTS += tests/courier/gcp.test
TESTS += tests/courier/gcp.test
EXTRA_DIST += tests/courier/gcp.py tests/courier/gcp_expected.py
