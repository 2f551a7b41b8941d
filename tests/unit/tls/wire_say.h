/*
 * Purpose:   what went over the wire in words, a line each, for script tests.
 * Ownership: nothing is owned; reads standard input, writes standard output.
 * Errors:    3, with the error's text as the last line.
 * Threads:   one.
 */
#ifndef TESTS_UNIT_TLS_WIRE_SAY_H
#define TESTS_UNIT_TLS_WIRE_SAY_H

/* Bytes of a server. */
int say_answer(void);
/* Pieces of both ends: 'c' or 's', four bytes of length, bytes. */
int say_flow(void);

#endif
