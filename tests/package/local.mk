# SPDX-License-Identifier: Apache-2.0
# The packages, built and installed: deb.test and rpm.test look at them, the others boot a Debian
# each. Skipped by name where there is no debhelper or rpmbuild, or where none can be booted.
package_tests = tests/package/access.test tests/package/deb.test tests/package/rpm.test tests/package/bookworm.test \
	tests/package/trixie.test tests/package/rpm-bookworm.test
dist_check_SCRIPTS += $(package_tests)
TESTS += $(package_tests)
EXTRA_DIST += tests/package/build.sh tests/package/boot.sh tests/package/programs.sh \
	tests/package/inside.py tests/package/inside_rpm.py tests/package/installed.py \
	tests/package/lifecycle.py tests/package/attack.c tests/package/attacks.py \
	tests/package/manifest tests/package/manifest.deb tests/package/manifest.rpm
