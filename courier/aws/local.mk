# SPDX-License-Identifier: Apache-2.0
# Included after courier/local.mk, which begins the list.
libcourier_a_SOURCES += \
	courier/aws/answer_error.c courier/aws/answer_error.h \
	courier/aws/call.c courier/aws/call.h \
	courier/aws/check.c courier/aws/check.h \
	courier/aws/client.c courier/aws/client.h \
	courier/aws/cloudtrail.c courier/aws/cloudtrail.h \
	courier/aws/endpoint.c courier/aws/endpoint.h \
	courier/aws/here.c courier/aws/here.h \
	courier/aws/options.c courier/aws/options.h \
	courier/aws/page.c \
	courier/aws/provider.c \
	courier/aws/query.h courier/aws/request.h \
	courier/aws/role.c \
	courier/aws/sigv4.c courier/aws/sigv4.h \
	courier/aws/sts.c courier/aws/sts.h \
	courier/aws/systems_manager.c courier/aws/systems_manager.h
