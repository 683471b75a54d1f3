# SPDX-License-Identifier: Apache-2.0
ALERT_TESTS = \
	tests/unit/alert/t_advice \
	tests/unit/alert/t_finding \
	tests/unit/alert/t_formats \
	tests/unit/alert/t_native \
	tests/unit/alert/t_ocsf \
	tests/unit/alert/t_record \
	tests/unit/alert/t_text \
	tests/unit/alert/t_view
check_PROGRAMS += $(ALERT_TESTS)
TESTS += $(ALERT_TESTS)

tests_unit_alert_t_advice_SOURCES = tests/unit/alert/t_advice.c
tests_unit_alert_t_advice_LDADD = libalert.a libcorrelator.a $(SUPPORT_LIBS)
tests_unit_alert_t_finding_SOURCES = tests/unit/alert/t_finding.c
tests_unit_alert_t_finding_LDADD = libalert.a libcorrelator.a $(SUPPORT_LIBS)
tests_unit_alert_t_native_SOURCES = tests/unit/alert/t_native.c
tests_unit_alert_t_native_LDADD = libalert.a libcorrelator.a $(SUPPORT_LIBS)
tests_unit_alert_t_ocsf_SOURCES = tests/unit/alert/t_ocsf.c
tests_unit_alert_t_ocsf_LDADD = libalert.a libcorrelator.a $(SUPPORT_LIBS)
tests_unit_alert_t_formats_SOURCES = tests/unit/alert/t_formats.c
tests_unit_alert_t_formats_LDADD = libalert.a libconfig.a libcorrelator.a $(SUPPORT_LIBS)
tests_unit_alert_t_record_SOURCES = tests/unit/alert/t_record.c
tests_unit_alert_t_record_LDADD = libalert.a libcorrelator.a $(SUPPORT_LIBS)
tests_unit_alert_t_text_SOURCES = tests/unit/alert/t_text.c
tests_unit_alert_t_text_LDADD = libalert.a libcorrelator.a $(SUPPORT_LIBS)
tests_unit_alert_t_view_SOURCES = tests/unit/alert/t_view.c
tests_unit_alert_t_view_LDADD = libalert.a libcorrelator.a $(SUPPORT_LIBS)
