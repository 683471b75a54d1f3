# SPDX-License-Identifier: Apache-2.0
# libinputsupport.a (tests/unit/input) has the scratch folder.
STORE_TESTS = \
	tests/unit/agent/store/t_store \
	tests/unit/agent/store/t_store_damage \
	tests/unit/agent/store/t_store_outbox \
	tests/unit/agent/store/t_store_tidy
check_PROGRAMS += $(STORE_TESTS)
TESTS += $(STORE_TESTS)

STORE_TEST_SOURCES = tests/unit/agent/store/put.c tests/unit/agent/store/put.h
STORE_TEST_LIBS = libinputsupport.a $(STORE_LIBS) $(SUPPORT_LIBS) $(ZLIB_LIBS)

tests_unit_agent_store_t_store_SOURCES = tests/unit/agent/store/t_store.c $(STORE_TEST_SOURCES)
tests_unit_agent_store_t_store_LDADD = $(STORE_TEST_LIBS)
tests_unit_agent_store_t_store_damage_SOURCES = tests/unit/agent/store/t_store_damage.c \
	$(STORE_TEST_SOURCES)
tests_unit_agent_store_t_store_damage_LDADD = $(STORE_TEST_LIBS)
tests_unit_agent_store_t_store_outbox_SOURCES = tests/unit/agent/store/t_store_outbox.c \
	$(STORE_TEST_SOURCES)
tests_unit_agent_store_t_store_outbox_LDADD = $(STORE_TEST_LIBS)
tests_unit_agent_store_t_store_tidy_SOURCES = tests/unit/agent/store/t_store_tidy.c \
	$(STORE_TEST_SOURCES)
tests_unit_agent_store_t_store_tidy_LDADD = $(STORE_TEST_LIBS)
