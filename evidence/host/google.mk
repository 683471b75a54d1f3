# SPDX-License-Identifier: Apache-2.0
# What Google's agents leave on a host; evidence/local.mk puts these into libevidence.a.
GOOGLE_SOURCES = \
	evidence/host/authorized_keys.c \
	evidence/host/google_agent.c \
	evidence/host/google_login.c \
	evidence/host/google_script.c
