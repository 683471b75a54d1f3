# SPDX-License-Identifier: Apache-2.0
# Figure P2. The peer in C++ needs libsimdjson and is built by hand or by bench/run:
#     c++ -O2 -o bench/peer_simdjson bench/peer_simdjson.cpp -lsimdjson
EXTRA_PROGRAMS += bench/bench_cloud_scan bench/generate_cloudtrail
bench_bench_cloud_scan_SOURCES = bench/bench_cloud_scan.c
bench_bench_cloud_scan_LDADD = libevidence.a libcorrelator.a $(BASE_LIBS)
bench_generate_cloudtrail_SOURCES = bench/generate_cloudtrail.c
EXTRA_DIST += bench/peer_simdjson.cpp
