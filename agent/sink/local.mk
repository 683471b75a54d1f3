# SPDX-License-Identifier: Apache-2.0
noinst_LIBRARIES += libsink.a
libsink_a_SOURCES = \
	agent/sink/file.c \
	agent/sink/file_place.c agent/sink/file_place.h \
	agent/sink/journal.c \
	agent/sink/journal_entry.c agent/sink/journal_entry.h \
	agent/sink/seen.c agent/sink/seen.h \
	agent/sink/sink.h
SINK_LIBS = libsink.a $(SYSTEMD_LIBS)
