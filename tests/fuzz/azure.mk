# SPDX-License-Identifier: Apache-2.0
# What Azure's agent and its extensions log. FUZZ_TARGETS, FUZZ_MAIN and FUZZ_WRITER are
# set in tests/fuzz/local.mk, FUZZ_LOG in tests/fuzz/google.mk.
FUZZ_TARGETS += \
	tests/fuzz/fuzz_azure_agent \
	tests/fuzz/fuzz_azure_entra \
	tests/fuzz/fuzz_azure_extension \
	tests/fuzz/fuzz_azure_handler
tests_fuzz_fuzz_azure_agent_SOURCES = tests/fuzz/fuzz_azure_agent.c tests/fuzz/fuzz_writer.c tests/fuzz/fuzz_writer.h $(FUZZ_LOG)
tests_fuzz_fuzz_azure_agent_LDADD = $(FUZZ_WRITER_LIBS)
tests_fuzz_fuzz_azure_agent_LDFLAGS = $(AM_LDFLAGS) $(FUZZ_LDFLAGS)
tests_fuzz_fuzz_azure_entra_SOURCES = tests/fuzz/fuzz_azure_entra.c $(FUZZ_WRITER)
tests_fuzz_fuzz_azure_entra_LDADD = $(FUZZ_WRITER_LIBS)
tests_fuzz_fuzz_azure_entra_LDFLAGS = $(AM_LDFLAGS) $(FUZZ_LDFLAGS)
tests_fuzz_fuzz_azure_extension_SOURCES = tests/fuzz/fuzz_azure_extension.c $(FUZZ_LOG)
tests_fuzz_fuzz_azure_extension_LDADD = $(FUZZ_WRITER_LIBS)
tests_fuzz_fuzz_azure_extension_LDFLAGS = $(AM_LDFLAGS) $(FUZZ_LDFLAGS)
tests_fuzz_fuzz_azure_handler_SOURCES = tests/fuzz/fuzz_azure_handler.c $(FUZZ_LOG)
tests_fuzz_fuzz_azure_handler_LDADD = $(FUZZ_WRITER_LIBS)
tests_fuzz_fuzz_azure_handler_LDFLAGS = $(AM_LDFLAGS) $(FUZZ_LDFLAGS)
