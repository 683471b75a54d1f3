# SPDX-License-Identifier: Apache-2.0
TAIL_TESTS = tests/unit/agent/follow/t_tail
check_PROGRAMS += $(TAIL_TESTS)
TESTS += $(TAIL_TESTS)
tests_unit_agent_follow_t_tail_SOURCES = \
	tests/unit/agent/follow/t_tail.c \
	tests/unit/agent/follow/tail_script.c tests/unit/agent/follow/tail_script.h
tests_unit_agent_follow_t_tail_LDADD = libinputsupport.a $(FOLLOW_LIBS) libinput.a \
	$(SUPPORT_LIBS) $(INPUT_LIBS)
