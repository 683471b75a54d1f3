# SPDX-License-Identifier: Apache-2.0
# A stand-in for each cloud, for tests and the demo.
EXTRA_DIST += \
	tests/standin/aws.py \
	tests/standin/aws_account.py \
	tests/standin/aws_faults.py \
	tests/standin/aws_http.py \
	tests/standin/aws_signature.py \
	tests/standin/aws_trail.py \
	tests/standin/certificates.py \
	tests/standin/cloud_control.py \
	tests/standin/cloud_exchange.py \
	tests/standin/cloud_server.py \
	tests/standin/azure.py tests/standin/azure_faults.py \
	tests/standin/gcp.py tests/standin/gcp_faults.py tests/standin/gcp_filter.py \
	tests/standin/gcp_http.py tests/standin/gcp_project.py \
	tests/standin/sink_http.py tests/standin/sink_receivers.py \
	tests/standin/sink_syslog.py
