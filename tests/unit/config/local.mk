# SPDX-License-Identifier: Apache-2.0
CONFIG_TESTS = \
	tests/unit/config/t_config \
	tests/unit/config/t_file \
	tests/unit/config/t_ini \
	tests/unit/config/t_setting \
	tests/unit/config/t_value
check_PROGRAMS += $(CONFIG_TESTS)
TESTS += $(CONFIG_TESTS)

# The scratch folder is one of input's tests.
CONFIG_TEST_LIBS = libinputsupport.a libconfig.a $(SUPPORT_LIBS) $(ZLIB_LIBS)

tests_unit_config_t_config_SOURCES = tests/unit/config/t_config.c
tests_unit_config_t_config_LDADD = $(CONFIG_TEST_LIBS)
tests_unit_config_t_file_SOURCES = tests/unit/config/t_file.c
tests_unit_config_t_file_LDADD = $(CONFIG_TEST_LIBS)
tests_unit_config_t_ini_SOURCES = tests/unit/config/t_ini.c
tests_unit_config_t_ini_LDADD = libconfig.a $(SUPPORT_LIBS)
tests_unit_config_t_setting_SOURCES = tests/unit/config/t_setting.c
tests_unit_config_t_setting_LDADD = libconfig.a $(SUPPORT_LIBS)
tests_unit_config_t_value_SOURCES = tests/unit/config/t_value.c
tests_unit_config_t_value_LDADD = libconfig.a $(SUPPORT_LIBS)
