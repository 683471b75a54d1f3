# SPDX-License-Identifier: Apache-2.0
noinst_LIBRARIES += libbase.a
libbase_a_SOURCES = \
	base/arena.c base/arena.h \
	base/buf.c base/buf.h \
	base/call_filter.c base/call_filter.h \
	base/cleanup.h \
	base/digest.c base/digest.h \
	base/err.c base/err.h \
	base/exact_mode.c base/exact_mode.h \
	base/escape.c base/escape.h \
	base/fault.c base/fault.h \
	base/hash.c base/hash.h \
	base/json.c base/json.h \
	base/json_repair.c base/json_repair.h \
	base/limits.h \
	base/map.c base/map.h \
	base/memory.c base/memory.h \
	base/shut_in.c base/shut_in.h \
	base/slice.c base/slice.h \
	base/time.c base/time.h \
	base/trusted_folder.c base/trusted_folder.h \
	base/zone.c base/zone.h
# base/call_filter.c needs SECCOMP_LIBS too, which only the daemons link.
BASE_LIBS = libbase.a $(JANSSON_LIBS) $(NETTLE_LIBS)
