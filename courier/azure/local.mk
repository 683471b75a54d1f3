# SPDX-License-Identifier: Apache-2.0
# Included after courier/local.mk, which begins the list.
libcourier_a_SOURCES += \
	courier/azure/activity.c courier/azure/activity.h \
	courier/azure/answer_error.c courier/azure/answer_error.h \
	courier/azure/call.c courier/azure/call.h \
	courier/azure/check.c courier/azure/check.h \
	courier/azure/client.c courier/azure/client.h \
	courier/azure/environment.c courier/azure/environment.h \
	courier/azure/here.c courier/azure/here.h \
	courier/azure/identity_texts.c courier/azure/identity_texts.h \
	courier/azure/option_texts.c courier/azure/option_texts.h \
	courier/azure/options.c \
	courier/azure/page.c \
	courier/azure/provider.c courier/azure/provider.h \
	courier/azure/request.h
