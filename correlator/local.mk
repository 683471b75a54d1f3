# SPDX-License-Identifier: Apache-2.0
noinst_LIBRARIES += libcorrelator.a
libcorrelator_a_SOURCES = \
	correlator/bind_azure.c \
	correlator/calls.c correlator/calls.h \
	correlator/calls_azure.c \
	correlator/calls_console.c \
	correlator/calls_gcp.c \
	correlator/calls_script.c \
	correlator/claims.c correlator/claims.h \
	correlator/claims_settle.c \
	correlator/classify.c correlator/classify.h \
	correlator/classify_azure.c \
	correlator/classify_console.c \
	correlator/classify_gcp.c \
	correlator/classify_script.c \
	correlator/concern.c correlator/concern.h \
	correlator/console.h \
	correlator/correlator.c correlator/correlator.h \
	correlator/credential.h \
	correlator/door.h \
	correlator/door_crowd.c correlator/door_crowd.h \
	correlator/entra.h \
	correlator/event.c correlator/event.h \
	correlator/event_code.c correlator/event_code.h \
	correlator/event_copy.c correlator/event_copy.h \
	correlator/forged.c correlator/forged.h \
	correlator/forged_minute.c correlator/forged_minute.h \
	correlator/extension.h \
	correlator/extension_series.c \
	correlator/forget.c correlator/forget.h \
	correlator/google.h \
	correlator/handler_table.c correlator/handler_table.h \
	correlator/host_span.c correlator/host_span.h \
	correlator/id.c correlator/id.h \
	correlator/index.c correlator/index.h \
	correlator/judge.c correlator/judge.h \
	correlator/judge_policy.c correlator/judge_policy.h \
	correlator/match.c correlator/match.h \
	correlator/match_azure.c \
	correlator/match_console.c \
	correlator/match_gcp.c \
	correlator/match_script.c \
	correlator/match_ssh.c \
	correlator/match_ssm.c \
	correlator/no_more_azure.c \
	correlator/observe.c correlator/observe.h \
	correlator/observe_console.c \
	correlator/observe_door.c \
	correlator/policy.h \
	correlator/queue.c correlator/queue.h \
	correlator/script_run.h \
	correlator/session.c correlator/session.h \
	correlator/session_boot.c \
	correlator/session_cloud.c \
	correlator/session_console.c \
	correlator/session_credential.c \
	correlator/session_entra.c \
	correlator/session_extension.c \
	correlator/session_run.c \
	correlator/session_script.c \
	correlator/session_sudo.c \
	correlator/session_ssh.c \
	correlator/ssh_groups.c correlator/ssh_groups.h \
	correlator/state.h \
	correlator/statements.c correlator/statements.h \
	correlator/tunnel_gcp.c \
	correlator/twin.c correlator/twin.h \
	correlator/verdict.h \
	correlator/waiting.c correlator/waiting.h \
	correlator/watermark.c correlator/watermark.h \
	correlator/words.c correlator/words.def correlator/words.h
CORRELATOR_LIBS = libcorrelator.a
