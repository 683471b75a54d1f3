# SPDX-License-Identifier: Apache-2.0
# The packages, built and installed: deb.test looks at them, the others boot a Debian each.
# Skipped by name where there is no debhelper, or where none can be booted.
package_tests = tests/package/deb.test tests/package/bookworm.test tests/package/trixie.test
dist_check_SCRIPTS += $(package_tests)
TESTS += $(package_tests)
EXTRA_DIST += tests/package/build.sh tests/package/boot.sh tests/package/inside.py \
	tests/package/attack.c tests/package/manifest
