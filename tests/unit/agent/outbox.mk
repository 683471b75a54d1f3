# SPDX-License-Identifier: Apache-2.0
# The outbox, with a courier that the test plays.
OUTBOX_TESTS = \
	tests/unit/agent/t_breaker \
	tests/unit/agent/t_outbox \
	tests/unit/agent/t_outbox_histories \
	tests/unit/agent/t_outbox_share \
	tests/unit/agent/t_pipeline_tell
check_PROGRAMS += $(OUTBOX_TESTS)
TESTS += $(OUTBOX_TESTS)

OUTBOX_LAB_SOURCES = tests/unit/agent/outbox_lab.c tests/unit/agent/outbox_lab.h \
	$(STORE_TEST_SOURCES)
tests_unit_agent_t_breaker_SOURCES = tests/unit/agent/t_breaker.c
tests_unit_agent_t_breaker_LDADD = $(AGENT_LIBS) $(SUPPORT_LIBS)
tests_unit_agent_t_outbox_SOURCES = tests/unit/agent/t_outbox.c $(OUTBOX_LAB_SOURCES)
tests_unit_agent_t_outbox_LDADD = $(AGENT_LIBS) $(STORE_TEST_LIBS)
tests_unit_agent_t_outbox_histories_SOURCES = tests/unit/agent/t_outbox_histories.c \
	$(OUTBOX_LAB_SOURCES)
tests_unit_agent_t_outbox_histories_LDADD = $(AGENT_LIBS) $(STORE_TEST_LIBS)
tests_unit_agent_t_outbox_share_SOURCES = tests/unit/agent/t_outbox_share.c \
	$(OUTBOX_LAB_SOURCES)
tests_unit_agent_t_outbox_share_LDADD = $(AGENT_LIBS) $(STORE_TEST_LIBS)
tests_unit_agent_t_pipeline_tell_SOURCES = tests/unit/agent/t_pipeline_tell.c \
	$(OUTBOX_LAB_SOURCES)
tests_unit_agent_t_pipeline_tell_LDADD = $(AGENT_LIBS) $(STORE_TEST_LIBS)
