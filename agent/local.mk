# SPDX-License-Identifier: Apache-2.0
# The daemon: everything but main.c is in libraries, for the tests.
include agent/follow/local.mk
include agent/store/local.mk
include agent/sink/local.mk
include agent/control.mk
noinst_LIBRARIES += libagent.a
libagent_a_SOURCES = \
	agent/agent.c agent/agent.h \
	agent/answer.c \
	agent/api_calls.c agent/api_calls.h \
	agent/clock.c agent/clock.h \
	agent/control_plane.c agent/control_plane.h \
	agent/courier_link.c agent/courier_link.h \
	agent/host_identity.c agent/host_identity.h \
	agent/life.c \
	agent/log.c agent/log.h \
	agent/outbox.c agent/outbox.h \
	agent/own_observation.c agent/own_observation.h \
	agent/parts.c \
	agent/pipeline.c agent/pipeline.h \
	agent/pipeline_restore.c agent/pipeline_state.h \
	agent/poison.c agent/poison.h \
	agent/quick_answers.c agent/quick_answers.h \
	agent/safe_path.c agent/safe_path.h \
	agent/source.c agent/source.h \
	agent/source_api.c \
	agent/source_file.c \
	agent/source_folders.c \
	agent/source_journal.c \
	agent/status.c \
	agent/taker.c agent/taker.h \
	agent/trail_query.c agent/trail_query.h \
	agent/watch.c
libagent_a_CPPFLAGS = $(AM_CPPFLAGS) -DLIBEXECDIR='"$(libexecdir)"'
AGENT_LIBS = libagent.a $(CONTROL_LIBS) $(SINK_LIBS) $(STORE_LIBS) $(FOLLOW_LIBS) libmessage.a \
	libconfig.a libalert.a libevidence.a libcorrelator.a libinput.a $(INPUT_LIBS) \
	$(SYSTEMD_LIBS) $(BASE_LIBS)

sbin_PROGRAMS += countersignd
countersignd_SOURCES = agent/main.c
countersignd_LDADD = $(AGENT_LIBS)
