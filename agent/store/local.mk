# SPDX-License-Identifier: Apache-2.0
# The agent's database. Needs SQLITE_LIBS (sqlite3).
noinst_LIBRARIES += libstore.a
libstore_a_SOURCES = \
	agent/store/aside.c agent/store/aside.h \
	agent/store/batch.c agent/store/batch.h \
	agent/store/commit.c \
	agent/store/count.c \
	agent/store/database.c agent/store/database.h \
	agent/store/outgoing.c \
	agent/store/private.h \
	agent/store/read.c \
	agent/store/reserve.c agent/store/reserve.h \
	agent/store/schema.h \
	agent/store/sql.h \
	agent/store/store.c agent/store/store.h \
	agent/store/tidy.c
STORE_LIBS = libstore.a $(SQLITE_LIBS)
