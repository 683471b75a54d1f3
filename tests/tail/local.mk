# SPDX-License-Identifier: Apache-2.0
# Random sequences of what happens to a log file, against the tail. A longer campaign, and
# one sequence with all that happens in it:
#     tests/tail/tail_model --sequences 100000 --seed 7
#     tests/tail/tail_model --sequence 4711 --verbose
check_PROGRAMS += tests/tail/tail_model
tests_tail_tail_model_SOURCES = \
	tests/tail/model.h \
	tests/tail/model_files.c \
	tests/tail/model_tail.c \
	tests/tail/tail_model.c \
	tests/world/random.c tests/world/random.h
tests_tail_tail_model_LDADD = $(FOLLOW_LIBS) libinput.a $(INPUT_LIBS) $(BASE_LIBS)
TESTS += tests/tail/model.test tests/tail/logrotate.test
EXTRA_DIST += tests/tail/model.test tests/tail/logrotate.test
