# SPDX-License-Identifier: Apache-2.0
# Unit tests mirror the source: tests/unit/<folder>/t_<module>.c, CUnit, one program each.
if HAVE_CUNIT
include tests/unit/base/local.mk
endif
