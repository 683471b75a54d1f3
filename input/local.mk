# SPDX-License-Identifier: Apache-2.0
# A program that links libinput.a needs $(INPUT_LIBS) after it and $(BASE_LIBS).
noinst_LIBRARIES += libinput.a
libinput_a_SOURCES = \
	input/file.h \
	input/gzip.c input/gzip.h \
	input/gzip_isal.c \
	input/gzip_zlib.c \
	input/input.h \
	input/journal.c input/journal.h \
	input/journal_entry.c input/journal_entry.h \
	input/journal_export.c \
	input/journal_export_parse.c input/journal_export_parse.h \
	input/journal_fields.c input/journal_fields.h \
	input/journal_file.c input/journal_file.h \
	input/journal_head.c input/journal_head.h \
	input/journal_stats.c input/journal_stats.h \
	input/lines.c \
	input/open.c \
	input/walk.c
INPUT_LIBS = $(ZLIB_LIBS) $(ISAL_LIBS) $(SYSTEMD_LIBS)
