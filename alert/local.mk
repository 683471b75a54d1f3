# SPDX-License-Identifier: Apache-2.0
# Verdicts and observations in, findings and their bytes out.
noinst_LIBRARIES += libalert.a
libalert_a_SOURCES = \
	alert/advice.c alert/advice.h \
	alert/asff.c \
	alert/cef.c \
	alert/ecs.c \
	alert/facts.c alert/facts.h \
	alert/finding.c alert/finding.h \
	alert/formats.c alert/formats.h \
	alert/native.c alert/native.h \
	alert/native_format.c \
	alert/ocsf.c alert/ocsf.h alert/ocsf.def \
	alert/ocsf_finding.c \
	alert/ocsf_heartbeat.c \
	alert/ocsf_login.c \
	alert/ocsf_parts.c alert/ocsf_parts.h \
	alert/ocsf_words.c alert/ocsf_words.h \
	alert/own.c alert/own.h \
	alert/pagerduty.c \
	alert/record.c alert/record.h \
	alert/slack.c \
	alert/teams.c \
	alert/text.c alert/text.h \
	alert/udm.c \
	alert/view.c alert/view.h
ALERT_LIBS = libalert.a libcorrelator.a $(BASE_LIBS)
