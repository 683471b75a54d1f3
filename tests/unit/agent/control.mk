# SPDX-License-Identifier: Apache-2.0
CONTROL_TESTS = \
	tests/unit/agent/t_control \
	tests/unit/agent/t_control_request \
	tests/unit/agent/t_control_socket
check_PROGRAMS += $(CONTROL_TESTS)
TESTS += $(CONTROL_TESTS)

tests_unit_agent_t_control_SOURCES = tests/unit/agent/t_control.c \
	tests/unit/agent/control_lab.c tests/unit/agent/control_lab.h
tests_unit_agent_t_control_LDADD = $(CONTROL_LIBS) $(SUPPORT_LIBS) $(SYSTEMD_LIBS)
tests_unit_agent_t_control_request_SOURCES = tests/unit/agent/t_control_request.c
tests_unit_agent_t_control_request_LDADD = libcontrolrequest.a $(SUPPORT_LIBS)
tests_unit_agent_t_control_socket_SOURCES = tests/unit/agent/t_control_socket.c
tests_unit_agent_t_control_socket_LDADD = $(CONTROL_LIBS) $(SUPPORT_LIBS) $(SYSTEMD_LIBS)
