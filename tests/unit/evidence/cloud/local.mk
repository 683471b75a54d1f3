# SPDX-License-Identifier: Apache-2.0
CLOUD_TESTS = \
	tests/unit/evidence/cloud/t_action \
	tests/unit/evidence/cloud/t_azure_operation \
	tests/unit/evidence/cloud/t_azure_resource \
	tests/unit/evidence/cloud/t_coverage \
	tests/unit/evidence/cloud/t_extent \
	tests/unit/evidence/cloud/t_gcp_log \
	tests/unit/evidence/cloud/t_gcp_method \
	tests/unit/evidence/cloud/t_reader \
	tests/unit/evidence/cloud/t_s3_name \
	tests/unit/evidence/cloud/t_scan \
	tests/unit/evidence/cloud/t_source \
	tests/unit/evidence/cloud/t_ssh_key \
	tests/unit/evidence/cloud/t_text \
	tests/unit/evidence/cloud/t_trail \
	tests/unit/evidence/cloud/t_unescape
check_PROGRAMS += $(CLOUD_TESTS)
TESTS += $(CLOUD_TESTS)

tests_unit_evidence_cloud_t_action_SOURCES = tests/unit/evidence/cloud/t_action.c
tests_unit_evidence_cloud_t_action_LDADD = libevidence.a $(SUPPORT_LIBS)
tests_unit_evidence_cloud_t_azure_operation_SOURCES = tests/unit/evidence/cloud/t_azure_operation.c
tests_unit_evidence_cloud_t_azure_operation_LDADD = libevidence.a $(SUPPORT_LIBS)
tests_unit_evidence_cloud_t_azure_resource_SOURCES = tests/unit/evidence/cloud/t_azure_resource.c
tests_unit_evidence_cloud_t_azure_resource_LDADD = libevidence.a $(SUPPORT_LIBS)
tests_unit_evidence_cloud_t_coverage_SOURCES = tests/unit/evidence/cloud/t_coverage.c
tests_unit_evidence_cloud_t_coverage_LDADD = libevidence.a $(SUPPORT_LIBS)
tests_unit_evidence_cloud_t_extent_SOURCES = tests/unit/evidence/cloud/t_extent.c
tests_unit_evidence_cloud_t_extent_LDADD = libevidence.a $(SUPPORT_LIBS)
tests_unit_evidence_cloud_t_gcp_method_SOURCES = tests/unit/evidence/cloud/t_gcp_method.c
tests_unit_evidence_cloud_t_gcp_method_LDADD = libevidence.a $(SUPPORT_LIBS)
tests_unit_evidence_cloud_t_reader_SOURCES = tests/unit/evidence/cloud/t_reader.c
tests_unit_evidence_cloud_t_reader_LDADD = libevidence.a $(SUPPORT_LIBS)
tests_unit_evidence_cloud_t_s3_name_SOURCES = tests/unit/evidence/cloud/t_s3_name.c
tests_unit_evidence_cloud_t_s3_name_LDADD = libevidence.a $(SUPPORT_LIBS)
tests_unit_evidence_cloud_t_scan_SOURCES = tests/unit/evidence/cloud/t_scan.c
tests_unit_evidence_cloud_t_scan_LDADD = libevidence.a $(SUPPORT_LIBS)
tests_unit_evidence_cloud_t_source_SOURCES = tests/unit/evidence/cloud/t_source.c
tests_unit_evidence_cloud_t_source_LDADD = libevidence.a $(SUPPORT_LIBS)
tests_unit_evidence_cloud_t_ssh_key_SOURCES = tests/unit/evidence/cloud/t_ssh_key.c
tests_unit_evidence_cloud_t_ssh_key_LDADD = libevidence.a $(SUPPORT_LIBS)
tests_unit_evidence_cloud_t_text_SOURCES = tests/unit/evidence/cloud/t_text.c
tests_unit_evidence_cloud_t_text_LDADD = libevidence.a $(SUPPORT_LIBS)
tests_unit_evidence_cloud_t_unescape_SOURCES = tests/unit/evidence/cloud/t_unescape.c
tests_unit_evidence_cloud_t_unescape_LDADD = libevidence.a $(SUPPORT_LIBS)
tests_unit_evidence_cloud_t_gcp_log_SOURCES = tests/unit/evidence/cloud/t_gcp_log.c
tests_unit_evidence_cloud_t_gcp_log_LDADD = libevidence.a $(SUPPORT_LIBS)
tests_unit_evidence_cloud_t_trail_SOURCES = tests/unit/evidence/cloud/t_trail.c
tests_unit_evidence_cloud_t_trail_LDADD = libevidence.a $(SUPPORT_LIBS)
