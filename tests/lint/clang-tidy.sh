#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# clang-tidy, bugprone and cert, over the product's sources; .clang-tidy says what is left out
# and why. config.h is taken from the analyzer's build.
set -eu
cd "$(dirname "$0")/../.."
flags="-std=gnu11 -DHAVE_CONFIG_H -I. -I${abs_top_builddir:-build/analyzer} $(pkg-config --cflags jansson nettle zlib libsystemd smartcols libpcre2-8 libseccomp)"
# shellcheck disable=SC2086
find base correlator evidence alert policy input config courier agent cli -name '*.c' | sort |
    xargs -P "$(nproc)" -n 8 sh -c 'clang-tidy --quiet --warnings-as-errors="*" "$@" -- '"$flags" sh
