# SPDX-License-Identifier: Apache-2.0
BASE_TESTS = \
	tests/unit/base/t_arena \
	tests/unit/base/t_buf \
	tests/unit/base/t_call_filter \
	tests/unit/base/t_digest \
	tests/unit/base/t_err \
	tests/unit/base/t_escape \
	tests/unit/base/t_exact_mode \
	tests/unit/base/t_hash \
	tests/unit/base/t_json \
	tests/unit/base/t_map \
	tests/unit/base/t_memory \
	tests/unit/base/t_shut_in \
	tests/unit/base/t_slice \
	tests/unit/base/t_time \
	tests/unit/base/t_trusted_folder \
	tests/unit/base/t_zone
check_PROGRAMS += $(BASE_TESTS)
TESTS += $(BASE_TESTS)

tests_unit_base_t_arena_SOURCES = tests/unit/base/t_arena.c
tests_unit_base_t_arena_LDADD = $(SUPPORT_LIBS)
tests_unit_base_t_buf_SOURCES = tests/unit/base/t_buf.c
tests_unit_base_t_buf_LDADD = $(SUPPORT_LIBS)
tests_unit_base_t_call_filter_SOURCES = tests/unit/base/t_call_filter.c
tests_unit_base_t_call_filter_LDADD = $(SUPPORT_LIBS) $(SECCOMP_LIBS)
tests_unit_base_t_digest_SOURCES = tests/unit/base/t_digest.c
tests_unit_base_t_digest_LDADD = $(SUPPORT_LIBS)
tests_unit_base_t_err_SOURCES = tests/unit/base/t_err.c
tests_unit_base_t_err_LDADD = $(SUPPORT_LIBS)
tests_unit_base_t_escape_SOURCES = tests/unit/base/t_escape.c
tests_unit_base_t_escape_LDADD = $(SUPPORT_LIBS)
tests_unit_base_t_exact_mode_SOURCES = tests/unit/base/t_exact_mode.c
tests_unit_base_t_exact_mode_LDADD = $(SUPPORT_LIBS)
tests_unit_base_t_hash_SOURCES = tests/unit/base/t_hash.c
tests_unit_base_t_hash_LDADD = $(SUPPORT_LIBS)
tests_unit_base_t_json_SOURCES = tests/unit/base/t_json.c
tests_unit_base_t_json_LDADD = $(SUPPORT_LIBS)
tests_unit_base_t_map_SOURCES = tests/unit/base/t_map.c
tests_unit_base_t_map_LDADD = $(SUPPORT_LIBS)
tests_unit_base_t_memory_SOURCES = tests/unit/base/t_memory.c
tests_unit_base_t_memory_LDADD = $(SUPPORT_LIBS)
tests_unit_base_t_shut_in_SOURCES = tests/unit/base/t_shut_in.c
tests_unit_base_t_shut_in_LDADD = $(SUPPORT_LIBS)
tests_unit_base_t_slice_SOURCES = tests/unit/base/t_slice.c
tests_unit_base_t_slice_LDADD = $(SUPPORT_LIBS)
tests_unit_base_t_time_SOURCES = tests/unit/base/t_time.c
tests_unit_base_t_time_LDADD = $(SUPPORT_LIBS)
tests_unit_base_t_trusted_folder_SOURCES = tests/unit/base/t_trusted_folder.c
tests_unit_base_t_trusted_folder_LDADD = $(SUPPORT_LIBS)
tests_unit_base_t_zone_SOURCES = tests/unit/base/t_zone.c
tests_unit_base_t_zone_LDADD = $(SUPPORT_LIBS)
