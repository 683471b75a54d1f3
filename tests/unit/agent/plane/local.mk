# SPDX-License-Identifier: Apache-2.0
# How the control plane is asked, and what is kept of it. put.c is the store's tests'.
PLANE_TESTS = \
	tests/unit/agent/plane/t_kinds \
	tests/unit/agent/plane/t_metadata_keys \
	tests/unit/agent/plane/t_sight \
	tests/unit/agent/plane/t_unvouched \
	tests/unit/agent/plane/t_window \
	tests/unit/agent/t_api_files
check_PROGRAMS += $(PLANE_TESTS)
TESTS += $(PLANE_TESTS)

tests_unit_agent_plane_t_kinds_SOURCES = tests/unit/agent/plane/t_kinds.c
tests_unit_agent_plane_t_kinds_LDADD = $(AGENT_LIBS) $(SUPPORT_LIBS)
tests_unit_agent_plane_t_metadata_keys_SOURCES = tests/unit/agent/plane/t_metadata_keys.c
tests_unit_agent_plane_t_metadata_keys_LDADD = $(AGENT_LIBS) $(SUPPORT_LIBS)
tests_unit_agent_plane_t_sight_SOURCES = tests/unit/agent/plane/t_sight.c $(STORE_TEST_SOURCES)
tests_unit_agent_plane_t_sight_LDADD = $(AGENT_LIBS) $(STORE_TEST_LIBS)
tests_unit_agent_plane_t_unvouched_SOURCES = tests/unit/agent/plane/t_unvouched.c
tests_unit_agent_plane_t_unvouched_LDADD = $(AGENT_LIBS) $(SUPPORT_LIBS)
tests_unit_agent_plane_t_window_SOURCES = tests/unit/agent/plane/t_window.c
tests_unit_agent_plane_t_window_LDADD = $(AGENT_LIBS) $(SUPPORT_LIBS)
tests_unit_agent_t_api_files_SOURCES = tests/unit/agent/t_api_files.c $(STORE_TEST_SOURCES)
tests_unit_agent_t_api_files_LDADD = $(AGENT_LIBS) $(STORE_TEST_LIBS)
