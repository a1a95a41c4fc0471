/*
 * The groups of udpchatd's checks, each in the file of its name.
 */
#ifndef TESTS_E2E_UDPCHATD_H
#define TESTS_E2E_UDPCHATD_H

#include "tests/e2e/chat.h"

void udpchatd_door(Suite *suite);
void udpchatd_talk(Suite *suite);
void udpchatd_members(Suite *suite);
void udpchatd_operator(Suite *suite);
void udpchatd_crowd(Suite *suite);

#endif
