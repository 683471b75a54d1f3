# SPDX-License-Identifier: Apache-2.0
# The control socket: its requests apart, for the command line asks them without an event loop.
# A program that links $(CONTROL_LIBS) needs $(BASE_LIBS) and $(SYSTEMD_LIBS) after them.
noinst_LIBRARIES += libcontrolrequest.a libcontrol.a
libcontrolrequest_a_SOURCES = agent/control_request.c agent/control_request.h
libcontrol_a_SOURCES = \
	agent/control.c agent/control.h \
	agent/control_access.c agent/control_access.h \
	agent/control_peer.c agent/control_peer.h \
	agent/control_socket.c agent/control_socket.h \
	agent/control_times.h
CONTROL_LIBS = libcontrol.a libcontrolrequest.a libcorrelator.a
