/*
 * Points in time.
 *
 * Purpose:   seconds since 1970-01-01 00:00:00 UTC, before and after, years 0000 to 9999.
 * Ownership: values.
 * Errors:    parsing answers false for what is not a time.
 * Threads:   safe, but for cy_time_format_local, which reads the zone of the process.
 * Source:    RFC 5280 section 4.1.2.5, RFC 3339.
 */
#ifndef CY_BASE_TIME_H
#define CY_BASE_TIME_H

#include "base/buf.h"

typedef int64_t cy_time;
#define CY_TIME_NONE INT64_MIN
#define CY_TIME_MIN INT64_C(-62167219200) /* 0000-01-01T00:00:00Z */
#define CY_TIME_MAX INT64_C(253402300799) /* 9999-12-31T23:59:59Z */
#define CY_DAY ((cy_time)86400)

cy_time cy_time_now(void);
/* Civil date (month 1..12) to time. No check of the ranges. */
cy_time cy_time_from_civil(int64_t year, int month, int day, int hour, int minute, int second);

/* YYMMDDhhmm[ss]Z and YYYYMMDDhhmm[ss][.f]Z, or with +hhmm in place of the Z.
 * *strict_form (may be NULL) says whether it has the form that RFC 5280 asks for. */
bool cy_time_parse_asn1(cy_time *out, cy_span text, bool generalized, bool *strict_form);
/* 2026-01-31, 2026-01-31T10:00:00Z, with a fraction (which is dropped), with an offset, or @seconds. */
bool cy_time_parse(cy_time *out, const char *text);

void cy_time_format_rfc3339(cy_buf *buf, cy_time t);   /* 2026-01-31T10:00:00Z */
void cy_time_format_date(cy_buf *buf, cy_time t);      /* 2026-01-31 */
void cy_time_format_local(cy_buf *buf, cy_time t);     /* 2026-01-31 11:00:00 CET */
/* Fails the buffer for a year that the form does not have (UTCTime: 1950 to 2049). */
void cy_time_format_asn1(cy_buf *buf, cy_time t, bool generalized);
/* Whole days from a to b, rounded towards the past. Neither may be CY_TIME_NONE. */
int64_t cy_time_days(cy_time a, cy_time b);

#endif
