# SPDX-License-Identifier: Apache-2.0
# A stand-in for each cloud, for tests and the demo.
EXTRA_DIST += \
	tests/standin/aws.py \
	tests/standin/aws_account.py \
	tests/standin/aws_certificates.py \
	tests/standin/aws_faults.py \
	tests/standin/aws_http.py \
	tests/standin/aws_signature.py \
	tests/standin/aws_trail.py
