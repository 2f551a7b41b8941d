/*
 * Crash points for tests.
 *
 * Purpose:   let a test end the process at a named place of a write, as a power cut would.
 * Ownership: none.
 * Errors:    none.
 * Threads:   any.
 *
 * Only in builds with -Dfault_injection=true; elsewhere the macro is empty. CAUSEY_CRASH_AT names
 * the point; CAUSEY_FAIL_ALLOC=N lets the Nth allocation fail (cy_fault_begin reads both).
 */
#ifndef CY_BASE_FAULT_H
#define CY_BASE_FAULT_H

#ifdef CY_FAULT_INJECTION
void cy_fault_begin(const char *crash_at, const char *fail_alloc);
void cy_fault_point(const char *name);
#define CY_CRASH_POINT(name) cy_fault_point(name)
#else
#define CY_CRASH_POINT(name) ((void)0)
#endif

#endif
