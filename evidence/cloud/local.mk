# SPDX-License-Identifier: Apache-2.0
# API logs; evidence/local.mk puts these into libevidence.a.
EVIDENCE_CLOUD_SOURCES = \
	evidence/cloud/action.c evidence/cloud/action.h \
	evidence/cloud/azure_activity.c \
	evidence/cloud/azure_claims.c evidence/cloud/azure_claims.h \
	evidence/cloud/azure_operation.c evidence/cloud/azure_operation.h \
	evidence/cloud/azure_resource.c evidence/cloud/azure_resource.h \
	evidence/cloud/block.h \
	evidence/cloud/cloudtrail.c \
	evidence/cloud/coverage.c evidence/cloud/coverage.h \
	evidence/cloud/extent.c evidence/cloud/extent.h \
	evidence/cloud/fields.c evidence/cloud/fields.h \
	evidence/cloud/gcp_audit.c \
	evidence/cloud/gcp_log.c evidence/cloud/gcp_log.h \
	evidence/cloud/gcp_method.c evidence/cloud/gcp_method.h \
	evidence/cloud/hole.c evidence/cloud/hole.h \
	evidence/cloud/kind.c evidence/cloud/kind.h \
	evidence/cloud/object.c evidence/cloud/object.h \
	evidence/cloud/reader.c \
	evidence/cloud/record.c evidence/cloud/record.h \
	evidence/cloud/request.c evidence/cloud/request.h \
	evidence/cloud/s3_name.c evidence/cloud/s3_name.h \
	evidence/cloud/scan.c evidence/cloud/scan.h \
	evidence/cloud/source.c evidence/cloud/source.h \
	evidence/cloud/ssh_key.c \
	evidence/cloud/text.c evidence/cloud/text.h \
	evidence/cloud/trail.c evidence/cloud/trail.h \
	evidence/cloud/unescape.c evidence/cloud/unescape.h
