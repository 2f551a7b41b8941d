/*
 * Java processes that hold ends of JSSE, one for each way in which a whole process can be set up.
 *
 * Purpose:   what JSSE takes from properties of the process (groups, schemes, disabled algorithms) can not
 * be changed for one connection, so sides that differ in it have processes of their own. Ownership: the
 * processes are kept, a few at a time, until the program ends. Errors:    the program ends: it is a test.
 * Threads:   one.
 */
#ifndef TESTS_PAIRS_JAVA_VM_H
#define TESTS_PAIRS_JAVA_VM_H

#include "base/buf.h"
#include "pairs/pair.h"

typedef struct java_vm java_vm;

/* The process for this side; `logs`: it keeps what the library says in its debug log. */
java_vm *java_vm_for(const pool *p, const cy_tls_side *side, bool logs);
/* Sends a request and takes its answer. */
void java_vm_ask(java_vm *vm, cy_buf *answer, char what, const void *data, size_t len);

#endif
