# SPDX-License-Identifier: Apache-2.0
# Verdicts and observations in, findings and their bytes out.
noinst_LIBRARIES += libalert.a
libalert_a_SOURCES = \
	alert/advice.c alert/advice.h \
	alert/finding.c alert/finding.h \
	alert/native.c alert/native.h
ALERT_LIBS = libalert.a libcorrelator.a $(BASE_LIBS)
