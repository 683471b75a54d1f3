# SPDX-License-Identifier: Apache-2.0
# How the control plane is asked, and what its answers prove. A cloud is a file, a line in
# kinds.h and one in kind.c.
PLANE_SOURCES = \
	agent/plane/aws.c \
	agent/plane/aws_quick.c agent/plane/aws_quick.h \
	agent/plane/azure.c \
	agent/plane/azure_quick.c agent/plane/azure_quick.h \
	agent/plane/gcp.c \
	agent/plane/kind.c agent/plane/kind.h agent/plane/kinds.h \
	agent/plane/loss.c agent/plane/loss.h \
	agent/plane/metadata.c agent/plane/metadata.h \
	agent/plane/metadata_keys.c agent/plane/metadata_keys.h \
	agent/plane/pass.c agent/plane/pass.h \
	agent/plane/private.h \
	agent/plane/proof.c agent/plane/proof.h \
	agent/plane/quick_answers.c agent/plane/quick_answers.h \
	agent/plane/sight.c agent/plane/sight.h \
	agent/plane/status.c \
	agent/plane/unread.c agent/plane/unread.h \
	agent/plane/unvouched.c agent/plane/unvouched.h \
	agent/plane/window.c agent/plane/window.h
