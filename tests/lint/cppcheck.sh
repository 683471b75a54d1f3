#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# cppcheck over the product's sources.
set -eu
cd "$(dirname "$0")/../.."
exec cppcheck -q -j "$(nproc)" --std=c11 --enable=warning,performance,portability \
    --inline-suppr --suppressions-list=tests/lint/cppcheck.suppressions \
    --error-exitcode=1 -I . -DHAVE_ISAL=1 -UBUF_LIMIT \
    base correlator evidence alert policy input config courier agent cli
