# SPDX-License-Identifier: Apache-2.0
# The SSM agent's log; evidence/local.mk puts these into libevidence.a.
SSM_SOURCES = \
	evidence/host/ssm_agent.c evidence/host/ssm_agent.h \
	evidence/host/ssm_id.c evidence/host/ssm_id.h \
	evidence/host/ssm_line.c evidence/host/ssm_line.h \
	evidence/host/ssm_payload.c evidence/host/ssm_payload.h \
	evidence/host/ssm_statement.c evidence/host/ssm_statement.h
