# SPDX-License-Identifier: Apache-2.0
# Simulated worlds with ground truth. `make check` judges 100,000 logins; a longer campaign:
#     tests/world/world --logins 1000000 --seed 7
check_PROGRAMS += tests/world/world
TESTS += tests/world/world
tests_world_world_SOURCES = \
	tests/support/event_print.c tests/support/event_print.h \
	tests/world/memory.c tests/world/memory.h \
	tests/world/build.c \
	tests/world/check.c \
	tests/world/cloud.c tests/world/cloud.h \
	tests/world/count.c tests/world/count.h \
	tests/world/judge.c tests/world/judge.h \
	tests/world/live.h \
	tests/world/main.c \
	tests/world/random.c tests/world/random.h \
	tests/world/run.h \
	tests/world/run_live.c \
	tests/world/run_replay.c \
	tests/world/seen.c tests/world/seen.h \
	tests/world/stories.def tests/world/stories.h \
	tests/world/story_command.c \
	tests/world/story_connect.c \
	tests/world/story_console.c \
	tests/world/story_other.c \
	tests/world/story_port.c \
	tests/world/story_session.c \
	tests/world/story_tunnel.c \
	tests/world/told.c tests/world/told.h \
	tests/world/turns.def \
	tests/world/world.c tests/world/world.h
tests_world_world_LDADD = $(CORRELATOR_LIBS) $(BASE_LIBS)
