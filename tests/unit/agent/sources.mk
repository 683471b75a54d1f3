# SPDX-License-Identifier: Apache-2.0
# Parts of the sources, and what is kept for a restart.
AGENT_SOURCE_TESTS = \
	tests/unit/agent/t_absence \
	tests/unit/agent/t_fingerprints \
	tests/unit/agent/t_keys_file \
	tests/unit/agent/t_metrics \
	tests/unit/agent/t_pipeline_kept \
	tests/unit/agent/t_safe_path
check_PROGRAMS += $(AGENT_SOURCE_TESTS)
TESTS += $(AGENT_SOURCE_TESTS)

tests_unit_agent_t_absence_SOURCES = tests/unit/agent/t_absence.c
tests_unit_agent_t_absence_LDADD = $(AGENT_LIBS) $(SUPPORT_LIBS)
tests_unit_agent_t_fingerprints_SOURCES = tests/unit/agent/t_fingerprints.c
tests_unit_agent_t_fingerprints_LDADD = $(AGENT_LIBS) $(SUPPORT_LIBS)
tests_unit_agent_t_keys_file_SOURCES = tests/unit/agent/t_keys_file.c
tests_unit_agent_t_keys_file_LDADD = $(AGENT_LIBS) libinputsupport.a $(SUPPORT_LIBS) $(ZLIB_LIBS)
tests_unit_agent_t_pipeline_kept_SOURCES = tests/unit/agent/t_pipeline_kept.c $(STORE_TEST_SOURCES)
tests_unit_agent_t_pipeline_kept_LDADD = $(AGENT_LIBS) $(STORE_TEST_LIBS)
tests_unit_agent_t_metrics_SOURCES = tests/unit/agent/t_metrics.c
tests_unit_agent_t_metrics_LDADD = $(AGENT_LIBS) libinputsupport.a $(SUPPORT_LIBS) $(ZLIB_LIBS)
tests_unit_agent_t_safe_path_SOURCES = tests/unit/agent/t_safe_path.c
tests_unit_agent_t_safe_path_LDADD = $(AGENT_LIBS) libinputsupport.a $(SUPPORT_LIBS) $(ZLIB_LIBS)
