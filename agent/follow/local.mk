# SPDX-License-Identifier: Apache-2.0
# What the agent follows. A program that links $(FOLLOW_LIBS) needs libinput.a,
# $(INPUT_LIBS) and $(BASE_LIBS) after it.
noinst_LIBRARIES += libfollow.a
libfollow_a_SOURCES = \
	agent/follow/journal_chains.c agent/follow/journal_chains.h \
	agent/follow/journal_chains_check.c \
	agent/follow/journal_files.c agent/follow/journal_files.h \
	agent/follow/journal_folders.c agent/follow/journal_folders.h \
	agent/follow/journal_follow.c agent/follow/journal_follow.h \
	agent/follow/journal_gaps.c agent/follow/journal_gaps.h \
	agent/follow/journal_handle.c agent/follow/journal_handle.h \
	agent/follow/journal_place.c agent/follow/journal_place.h \
	agent/follow/journal_source.c agent/follow/journal_source.h \
	agent/follow/journal_sources.c agent/follow/journal_sources.h \
	agent/follow/ssm_folders.c agent/follow/ssm_folders.h \
	agent/follow/ssm_tree.c agent/follow/ssm_tree.h
FOLLOW_LIBS = libfollow.a
include agent/follow/tail.mk
