# SPDX-License-Identifier: Apache-2.0
# CloudTrail; evidence/local.mk puts these into libevidence.a.
EVIDENCE_CLOUD_SOURCES = \
	evidence/cloud/action.c evidence/cloud/action.h \
	evidence/cloud/block.h \
	evidence/cloud/cloudtrail.c evidence/cloud/cloudtrail.h \
	evidence/cloud/coverage.c evidence/cloud/coverage.h \
	evidence/cloud/extent.c evidence/cloud/extent.h \
	evidence/cloud/fields.c evidence/cloud/fields.h \
	evidence/cloud/hole.c evidence/cloud/hole.h \
	evidence/cloud/object.c evidence/cloud/object.h \
	evidence/cloud/reader.c \
	evidence/cloud/record.c evidence/cloud/record.h \
	evidence/cloud/request.c evidence/cloud/request.h \
	evidence/cloud/s3_name.c evidence/cloud/s3_name.h \
	evidence/cloud/scan.c evidence/cloud/scan.h \
	evidence/cloud/ssh_key.c \
	evidence/cloud/unescape.c evidence/cloud/unescape.h
