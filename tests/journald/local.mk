# SPDX-License-Identifier: Apache-2.0
# The journal follower with a real systemd-journald; needs root and namespaces, else skipped.
check_PROGRAMS += tests/journald/follow_print
tests_journald_follow_print_SOURCES = tests/journald/follow_print.c
tests_journald_follow_print_LDADD = $(FOLLOW_LIBS) libevidence.a libcorrelator.a libinput.a \
	$(BASE_LIBS) $(INPUT_LIBS)
dist_check_SCRIPTS += tests/journald/live.test
TESTS += tests/journald/live.test
