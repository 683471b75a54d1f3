# SPDX-License-Identifier: Apache-2.0
# countersign-courier against the stand-in for AWS (tests/standin/), and the signer against
# botocore.
COURIER_AWS_CHECKS = \
	tests/courier/cloudtrail.test \
	tests/courier/signature.test
dist_check_SCRIPTS += $(COURIER_AWS_CHECKS)
TESTS += $(COURIER_AWS_CHECKS)
EXTRA_DIST += \
	tests/courier/client.py tests/courier/cloud_cases.py tests/courier/cloudtrail.py \
	tests/courier/faults.py \
	tests/courier/signature.py
include tests/standin/local.mk

check_PROGRAMS += tests/courier/sign_requests
tests_courier_sign_requests_SOURCES = tests/courier/sign_requests.c
tests_courier_sign_requests_LDADD = $(COURIER_LIBS)
