# SPDX-License-Identifier: Apache-2.0
libfollow_a_SOURCES += \
	agent/follow/tail.c agent/follow/tail.h \
	agent/follow/tail_file.c agent/follow/tail_file.h \
	agent/follow/tail_find.c agent/follow/tail_find.h \
	agent/follow/tail_gzip.c agent/follow/tail_gzip.h \
	agent/follow/tail_held.c \
	agent/follow/tail_live.c agent/follow/tail_live.h \
	agent/follow/tail_mark.c agent/follow/tail_mark.h \
	agent/follow/tail_move.c \
	agent/follow/tail_open.c agent/follow/tail_open.h \
	agent/follow/tail_order.c agent/follow/tail_order.h \
	agent/follow/tail_read.c \
	agent/follow/tail_recover.c \
	agent/follow/tail_siblings.c agent/follow/tail_siblings.h \
	agent/follow/tail_state.h \
	agent/follow/tail_window.h
