# SPDX-License-Identifier: Apache-2.0
# Verdicts and observations in, findings and their bytes out.
noinst_LIBRARIES += libalert.a
libalert_a_SOURCES = \
	alert/advice.c alert/advice.h \
	alert/finding.c alert/finding.h \
	alert/formats.c alert/formats.h \
	alert/native.c alert/native.h \
	alert/native_format.c \
	alert/ocsf.c alert/ocsf.def \
	alert/ocsf_parts.c alert/ocsf_parts.h \
	alert/ocsf_words.c alert/ocsf_words.h \
	alert/record.c alert/record.h \
	alert/view.c alert/view.h
ALERT_LIBS = libalert.a libcorrelator.a $(BASE_LIBS)
