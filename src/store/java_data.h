/*
 * What Java's DataInputStream reads: texts and times in the keystores of Java and of Bouncy Castle.
 *
 * Purpose:   aliases, type names and dates, which JKS, JCEKS, BKS and UBER write in the same way.
 * Ownership: spans borrow the input; an alias is in its document's arena.
 * Errors:    what is malformed is noted in the cursor's parse; only a lack of memory is returned.
 * Threads:   as the document.
 * Source:    java.io.DataInput (readUTF: two octets of length and modified UTF-8), java.util.Date.
 */
#ifndef CY_STORE_JAVA_DATA_H
#define CY_STORE_JAVA_DATA_H

#include "base/cursor.h"
#include "store/format.h"

/* The octets of a text, which nobody has looked at yet. */
cy_span cy_java_data_utf(cy_cur *cur);
/* The entry's label. */
cy_err *cy_java_data_alias(cy_doc *doc, cy_entry *entry, cy_cur *cur) CY_MUST_USE;
/* Of milliseconds since 1970, whole seconds where they make sense. */
cy_time cy_java_data_time(uint64_t ms);

#endif
