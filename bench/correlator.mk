# SPDX-License-Identifier: Apache-2.0
# Figure P4. The linker's --wrap counts the lookups, so that the peer can do the same.
EXTRA_PROGRAMS += bench/bench_correlator
bench_bench_correlator_SOURCES = bench/bench_correlator.c \
	bench/correlator_load.c bench/correlator_load.h \
	bench/correlator_peer.c bench/correlator_peer.h
bench_bench_correlator_LDADD = libcorrelator.a $(BASE_LIBS)
bench_bench_correlator_LDFLAGS = $(AM_LDFLAGS) \
	-Wl,--wrap=map_find -Wl,--wrap=map_add -Wl,--wrap=map_remove
