# SPDX-License-Identifier: Apache-2.0
# What tests share. A test program links $(SUPPORT_LIBS) after the library it tests:
#     tests_unit_foo_t_bar_LDADD = libfoo.a $(SUPPORT_LIBS)
check_LIBRARIES += libsupport.a
libsupport_a_SOURCES = tests/support/event_print.c tests/support/event_print.h
if HAVE_CUNIT
libsupport_a_SOURCES += tests/support/check.c tests/support/check.h
endif
SUPPORT_LIBS = libsupport.a libcorrelator.a $(BASE_LIBS) $(CUNIT_LIBS)
