# SPDX-License-Identifier: Apache-2.0
# A program that links libconfig.a needs $(BASE_LIBS) after it.
noinst_LIBRARIES += libconfig.a
libconfig_a_SOURCES = \
	config/config.c config/config.def config/config.h \
	config/document.c config/document.h \
	config/file.c config/file.h \
	config/finish.c \
	config/ini.c config/ini.h \
	config/origins.c config/origins.h \
	config/print.c \
	config/read.c config/read.h \
	config/setting.c config/setting.h \
	config/sinks.c config/sinks.h \
	config/value.c config/value.h \
	config/value_choice.c \
	config/value_number.c \
	config/value_text.c \
	config/value_type.h
CONFIG_LIBS = libconfig.a $(BASE_LIBS)
