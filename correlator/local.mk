# SPDX-License-Identifier: Apache-2.0
noinst_LIBRARIES += libcorrelator.a
libcorrelator_a_SOURCES = \
	correlator/calls.c correlator/calls.h \
	correlator/claims.c correlator/claims.h \
	correlator/classify.c correlator/classify.h \
	correlator/correlator.c correlator/correlator.h \
	correlator/event.c correlator/event.h \
	correlator/event_code.c correlator/event_code.h \
	correlator/event_copy.c correlator/event_copy.h \
	correlator/forget.c correlator/forget.h \
	correlator/host_span.c correlator/host_span.h \
	correlator/id.c correlator/id.h \
	correlator/index.c correlator/index.h \
	correlator/judge.c correlator/judge.h \
	correlator/match.c correlator/match.h \
	correlator/match_console.c \
	correlator/match_ssh.c \
	correlator/match_ssm.c \
	correlator/observe.c correlator/observe.h \
	correlator/queue.c correlator/queue.h \
	correlator/session.c correlator/session.h \
	correlator/session_console.c \
	correlator/session_run.c \
	correlator/session_ssh.c \
	correlator/state.h \
	correlator/twin.c correlator/twin.h \
	correlator/verdict.h \
	correlator/waiting.c correlator/waiting.h \
	correlator/watermark.c correlator/watermark.h \
	correlator/words.c correlator/words.def correlator/words.h
CORRELATOR_LIBS = libcorrelator.a
