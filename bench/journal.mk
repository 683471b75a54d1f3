# SPDX-License-Identifier: Apache-2.0
EXTRA_PROGRAMS += bench/bench_input bench/bench_journal bench/bench_follow
bench_bench_input_SOURCES = bench/bench_input.c
bench_bench_input_LDADD = libinput.a $(BASE_LIBS) $(INPUT_LIBS)
bench_bench_journal_SOURCES = bench/bench_journal.c
bench_bench_journal_LDADD = libinput.a $(BASE_LIBS) $(INPUT_LIBS)
bench_bench_follow_SOURCES = bench/bench_follow.c
bench_bench_follow_LDADD = $(FOLLOW_LIBS) libevidence.a libcorrelator.a libinput.a \
	$(BASE_LIBS) $(INPUT_LIBS)
EXTRA_DIST += bench/generate_journal.sh
