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
TESTS += tests/tail/model.test
EXTRA_DIST += tests/tail/model.test

# scratch.c is of the unit tests, whose library is built only where CUnit is.
check_PROGRAMS += tests/tail/tail_logrotate
TESTS += tests/tail/tail_logrotate
tests_tail_tail_logrotate_SOURCES = tests/tail/tail_logrotate.c \
	tests/unit/input/scratch.c tests/unit/input/scratch.h
tests_tail_tail_logrotate_LDADD = $(FOLLOW_LIBS) libinput.a $(INPUT_LIBS) $(BASE_LIBS)
