# SPDX-License-Identifier: Apache-2.0
# What Azure's agent and its extensions leave on a host; evidence/local.mk puts these into
# libevidence.a.
AZURE_SOURCES = \
	evidence/host/azure_agent.c \
	evidence/host/azure_entra.c \
	evidence/host/azure_extension.c \
	evidence/host/azure_handler.c \
	evidence/host/azure_line.c evidence/host/azure_line.h \
	evidence/host/azure_log.c evidence/host/azure_log.h \
	evidence/host/azure_statement.c evidence/host/azure_statement.h \
	evidence/host/logfmt.c evidence/host/logfmt.h
