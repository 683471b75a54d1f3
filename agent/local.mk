# SPDX-License-Identifier: Apache-2.0
# The daemon: everything but main.c is in libraries, for the tests.
include agent/follow/local.mk
include agent/store/local.mk
include agent/sink/local.mk
include agent/control.mk
include agent/plane/local.mk
noinst_LIBRARIES += libagent.a
libagent_a_SOURCES = \
	agent/absence.c agent/absence.h \
	agent/agent.c agent/agent.h \
	agent/answer.c \
	agent/answer_baseline.c \
	agent/answer_courier.c \
	agent/api_calls.c agent/api_calls.h \
	agent/api_files.c agent/api_files.h \
	agent/baseline_keeper.c agent/baseline_keeper.h \
	agent/breaker.c agent/breaker.h \
	agent/clock.c agent/clock.h \
	agent/commit.c \
	agent/control_plane.c agent/control_plane.h \
	agent/courier_link.c agent/courier_link.h \
	agent/courier_open.c agent/courier_open.h \
	agent/fingerprints.c agent/fingerprints.h \
	agent/heartbeat.c \
	agent/host_identity.c agent/host_identity.h \
	agent/keys_file.c agent/keys_file.h \
	agent/life.c \
	agent/log.c agent/log.h \
	agent/loop.c \
	agent/metrics.c agent/metrics.h \
	agent/metrics_text.c agent/metrics_text.h \
	agent/metadata_options.c agent/metadata_options.h \
	agent/outbox.c agent/outbox.h agent/outbox_state.h \
	agent/outbox_open.c \
	agent/outbox_send.c \
	agent/outbox_share.c \
	agent/outbox_try.c \
	agent/outlet.c agent/outlet.h \
	agent/outlet_answer.c \
	agent/outlet_aside.c agent/outlet_aside.h \
	agent/own_observation.c agent/own_observation.h \
	agent/parts.c \
	agent/pipeline.c agent/pipeline.h \
	agent/pipeline_finding.c \
	agent/pipeline_kept.c \
	agent/pipeline_restore.c agent/pipeline_state.h \
	agent/pipeline_tell.c \
	agent/poison.c agent/poison.h \
	agent/safe_path.c agent/safe_path.h \
	agent/signals.c \
	agent/sinks.c \
	agent/source.c agent/source.h \
	agent/source_api.c \
	agent/source_azure.c \
	agent/source_file.c \
	agent/source_folders.c \
	agent/source_journal.c \
	agent/source_keys.c \
	agent/status.c \
	agent/try_sinks.c \
	agent/taker.c agent/taker.h \
	agent/watch.c \
	$(PLANE_SOURCES)
libagent_a_CPPFLAGS = $(AM_CPPFLAGS) -DLIBEXECDIR='"$(libexecdir)"'
AGENT_LIBS = libagent.a $(CONTROL_LIBS) $(SINK_LIBS) $(STORE_LIBS) $(FOLLOW_LIBS) libmessage.a \
	libpolicy.a libconfig.a libalert.a libevidence.a libcorrelator.a libinput.a $(INPUT_LIBS) \
	$(SYSTEMD_LIBS) $(PCRE2_LIBS) $(BASE_LIBS) $(SECCOMP_LIBS)

sbin_PROGRAMS += countersignd
countersignd_SOURCES = agent/main.c
countersignd_LDADD = $(AGENT_LIBS)
