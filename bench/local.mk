# SPDX-License-Identifier: Apache-2.0
# Measurements, built by `make bench-programs` and run by bench/run; never part of a check.
EXTRA_PROGRAMS += bench/generate_auth_log
bench_generate_auth_log_SOURCES = bench/generate_auth_log.c
bench_generate_auth_log_LDADD = $(BASE_LIBS)
EXTRA_DIST += bench/run bench/RESULTS.md bench/agent_figures.py bench/sizing.py bench/peers/sshd.rulebase bench/peers/sshd.sec
include bench/cloud.mk
include bench/journal.mk
include bench/correlator.mk

BENCH_TARGETS = bench/generate_auth_log bench/generate_cloudtrail bench/bench_cloud_scan \
	bench/bench_input bench/bench_follow bench/bench_journal bench/bench_correlator
bench-programs: $(BENCH_TARGETS)
	$(MKDIR_P) bench
	c++ -O2 -o bench/peer_simdjson $(srcdir)/bench/peer_simdjson.cpp -lsimdjson || \
		echo "no simdjson: its figure is left out" >&2
CLEANFILES += $(BENCH_TARGETS) bench/peer_simdjson
