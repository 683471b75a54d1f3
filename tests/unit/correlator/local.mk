# SPDX-License-Identifier: Apache-2.0
CORRELATOR_TESTS = \
	tests/unit/correlator/t_correlator \
	tests/unit/correlator/t_credential \
	tests/unit/correlator/t_crowds \
	tests/unit/correlator/t_determinism \
	tests/unit/correlator/t_event_code \
	tests/unit/correlator/t_forged \
	tests/unit/correlator/t_forget \
	tests/unit/correlator/t_id \
	tests/unit/correlator/t_index \
	tests/unit/correlator/t_intervals \
	tests/unit/correlator/t_judge_policy \
	tests/unit/correlator/t_match_azure \
	tests/unit/correlator/t_match_console \
	tests/unit/correlator/t_match_gcp \
	tests/unit/correlator/t_match_ssh \
	tests/unit/correlator/t_match_ssm \
	tests/unit/correlator/t_match_tunnel \
	tests/unit/correlator/t_observe \
	tests/unit/correlator/t_order_gcp \
	tests/unit/correlator/t_observe_console \
	tests/unit/correlator/t_observe_door \
	tests/unit/correlator/t_queue \
	tests/unit/correlator/t_robust \
	tests/unit/correlator/t_script \
	tests/unit/correlator/t_session_console \
	tests/unit/correlator/t_session_extension \
	tests/unit/correlator/t_session_run \
	tests/unit/correlator/t_session_ssh \
	tests/unit/correlator/t_settled \
	tests/unit/correlator/t_twin \
	tests/unit/correlator/t_waiting \
	tests/unit/correlator/t_watermark
check_PROGRAMS += $(CORRELATOR_TESTS)
TESTS += $(CORRELATOR_TESTS)

check_LIBRARIES += libcorrelatortest.a
libcorrelatortest_a_SOURCES = \
	tests/unit/correlator/event_stream.c tests/unit/correlator/event_stream.h \
	tests/unit/correlator/scene.c tests/unit/correlator/scene.h \
	tests/unit/correlator/script.c tests/unit/correlator/script.h \
	tests/unit/correlator/script_words.c tests/unit/correlator/script_words.h \
	tests/unit/correlator/settled.c tests/unit/correlator/settled.h
CORRELATOR_TEST_LIBS = libcorrelatortest.a $(SUPPORT_LIBS)

tests_unit_correlator_t_correlator_SOURCES = tests/unit/correlator/t_correlator.c
tests_unit_correlator_t_correlator_LDADD = $(CORRELATOR_TEST_LIBS)
tests_unit_correlator_t_determinism_SOURCES = tests/unit/correlator/t_determinism.c
tests_unit_correlator_t_determinism_LDADD = $(CORRELATOR_TEST_LIBS)
tests_unit_correlator_t_event_code_SOURCES = tests/unit/correlator/t_event_code.c \
	tests/unit/correlator/event_code_pinned.def
tests_unit_correlator_t_event_code_LDADD = $(CORRELATOR_TEST_LIBS)
tests_unit_correlator_t_forged_SOURCES = tests/unit/correlator/t_forged.c
tests_unit_correlator_t_forged_LDADD = $(CORRELATOR_TEST_LIBS)
tests_unit_correlator_t_forget_SOURCES = tests/unit/correlator/t_forget.c
tests_unit_correlator_t_forget_LDADD = $(CORRELATOR_TEST_LIBS)
tests_unit_correlator_t_id_SOURCES = tests/unit/correlator/t_id.c
tests_unit_correlator_t_id_LDADD = $(CORRELATOR_TEST_LIBS)
tests_unit_correlator_t_index_SOURCES = tests/unit/correlator/t_index.c
tests_unit_correlator_t_index_LDADD = $(CORRELATOR_TEST_LIBS)
tests_unit_correlator_t_judge_policy_SOURCES = tests/unit/correlator/t_judge_policy.c
tests_unit_correlator_t_judge_policy_LDADD = $(CORRELATOR_TEST_LIBS)
tests_unit_correlator_t_match_azure_SOURCES = tests/unit/correlator/t_match_azure.c
tests_unit_correlator_t_match_azure_LDADD = $(CORRELATOR_TEST_LIBS)
tests_unit_correlator_t_session_extension_SOURCES = \
	tests/unit/correlator/t_session_extension.c
tests_unit_correlator_t_session_extension_LDADD = $(CORRELATOR_TEST_LIBS)
tests_unit_correlator_t_match_console_SOURCES = tests/unit/correlator/t_match_console.c
tests_unit_correlator_t_match_console_LDADD = $(CORRELATOR_TEST_LIBS)
tests_unit_correlator_t_match_ssh_SOURCES = tests/unit/correlator/t_match_ssh.c
tests_unit_correlator_t_match_ssh_LDADD = $(CORRELATOR_TEST_LIBS)
tests_unit_correlator_t_match_ssm_SOURCES = tests/unit/correlator/t_match_ssm.c
tests_unit_correlator_t_match_ssm_LDADD = $(CORRELATOR_TEST_LIBS)
tests_unit_correlator_t_observe_SOURCES = tests/unit/correlator/t_observe.c
tests_unit_correlator_t_observe_LDADD = $(CORRELATOR_TEST_LIBS)
tests_unit_correlator_t_queue_SOURCES = tests/unit/correlator/t_queue.c
tests_unit_correlator_t_queue_LDADD = $(CORRELATOR_TEST_LIBS)
tests_unit_correlator_t_robust_SOURCES = tests/unit/correlator/t_robust.c
tests_unit_correlator_t_robust_LDADD = $(CORRELATOR_TEST_LIBS)
tests_unit_correlator_t_session_console_SOURCES = tests/unit/correlator/t_session_console.c
tests_unit_correlator_t_session_console_LDADD = $(CORRELATOR_TEST_LIBS)
tests_unit_correlator_t_session_run_SOURCES = tests/unit/correlator/t_session_run.c
tests_unit_correlator_t_session_run_LDADD = $(CORRELATOR_TEST_LIBS)
tests_unit_correlator_t_session_ssh_SOURCES = tests/unit/correlator/t_session_ssh.c
tests_unit_correlator_t_session_ssh_LDADD = $(CORRELATOR_TEST_LIBS)
tests_unit_correlator_t_twin_SOURCES = tests/unit/correlator/t_twin.c
tests_unit_correlator_t_twin_LDADD = $(CORRELATOR_TEST_LIBS)
tests_unit_correlator_t_waiting_SOURCES = tests/unit/correlator/t_waiting.c
tests_unit_correlator_t_waiting_LDADD = $(CORRELATOR_TEST_LIBS)
tests_unit_correlator_t_watermark_SOURCES = tests/unit/correlator/t_watermark.c
tests_unit_correlator_t_watermark_LDADD = $(CORRELATOR_TEST_LIBS)
tests_unit_correlator_t_credential_SOURCES = tests/unit/correlator/t_credential.c
tests_unit_correlator_t_credential_LDADD = $(CORRELATOR_TEST_LIBS)
tests_unit_correlator_t_observe_door_SOURCES = tests/unit/correlator/t_observe_door.c
tests_unit_correlator_t_observe_door_LDADD = $(CORRELATOR_TEST_LIBS)
tests_unit_correlator_t_observe_console_SOURCES = tests/unit/correlator/t_observe_console.c
tests_unit_correlator_t_observe_console_LDADD = $(CORRELATOR_TEST_LIBS)
tests_unit_correlator_t_script_SOURCES = tests/unit/correlator/t_script.c
tests_unit_correlator_t_script_LDADD = $(CORRELATOR_TEST_LIBS)
tests_unit_correlator_t_crowds_SOURCES = tests/unit/correlator/t_crowds.c
tests_unit_correlator_t_crowds_LDADD = $(CORRELATOR_TEST_LIBS)
tests_unit_correlator_t_intervals_SOURCES = tests/unit/correlator/t_intervals.c
tests_unit_correlator_t_intervals_LDADD = $(CORRELATOR_TEST_LIBS)
tests_unit_correlator_t_match_tunnel_SOURCES = tests/unit/correlator/t_match_tunnel.c
tests_unit_correlator_t_match_tunnel_LDADD = $(CORRELATOR_TEST_LIBS)
tests_unit_correlator_t_settled_SOURCES = tests/unit/correlator/t_settled.c
tests_unit_correlator_t_settled_LDADD = $(CORRELATOR_TEST_LIBS)
tests_unit_correlator_t_match_gcp_SOURCES = tests/unit/correlator/t_match_gcp.c
tests_unit_correlator_t_match_gcp_LDADD = $(CORRELATOR_TEST_LIBS)
tests_unit_correlator_t_order_gcp_SOURCES = tests/unit/correlator/t_order_gcp.c
tests_unit_correlator_t_order_gcp_LDADD = $(CORRELATOR_TEST_LIBS)
