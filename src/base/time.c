#include "base/time.h"

#include <time.h>

typedef struct {
  int64_t year;
  int month, day, hour, minute, second;
} civil;

cy_time cy_time_now(void)
{
  return (cy_time)time(NULL);
}

/* Days since 1970-01-01 in the proleptic Gregorian calendar, years counted from March. */
static int64_t days_from_civil(int64_t y, int m, int d)
{
  y -= m <= 2;
  int64_t era = (y >= 0 ? y : y - 399) / 400;
  int64_t yoe = y - era * 400;
  int64_t doy = (153 * (m + (m > 2 ? -3 : 9)) + 2) / 5 + d - 1;
  int64_t doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;
  return era * 146097 + doe - 719468;
}

static civil civil_from_time(cy_time t)
{
  int64_t days = t / CY_DAY - (t % CY_DAY < 0);
  int64_t second = t % CY_DAY + (t % CY_DAY < 0 ? CY_DAY : 0);
  days += 719468;
  int64_t era = (days >= 0 ? days : days - 146096) / 146097;
  int64_t doe = days - era * 146097;
  int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
  int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
  int64_t mp = (5 * doy + 2) / 153;
  int month = (int)(mp < 10 ? mp + 3 : mp - 9);
  return (civil){.year = yoe + era * 400 + (month <= 2),
    .month = month,
    .day = (int)(doy - (153 * mp + 2) / 5 + 1),
    .hour = (int)(second / 3600),
    .minute = (int)(second / 60 % 60),
    .second = (int)(second % 60)};
}

cy_time cy_time_from_civil(int64_t year, int month, int day, int hour, int minute, int second)
{
  return days_from_civil(year, month, day) * CY_DAY + hour * (int64_t)3600 + minute * (int64_t)60 + second;
}

/* Reads exactly `width` digits; -1 when there are none. */
static int digits(cy_span *s, size_t width)
{
  int v = 0;
  if (s->len < width)
    return -1;
  for (size_t i = 0; i < width; i++) {
    if (s->data[i] < '0' || s->data[i] > '9')
      return -1;
    v = v * 10 + (s->data[i] - '0');
  }
  s->data += width;
  s->len -= width;
  return v;
}

static bool skip(cy_span *s, char c)
{
  if (!s->len || s->data[0] != (uint8_t)c)
    return false;
  s->data++;
  s->len--;
  return true;
}

static bool in_range(const civil *c)
{
  static const int lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  if (c->year < 0 || c->month < 1 || c->month > 12 || c->day < 1)
    return false;
  bool leap = (c->year % 4 == 0 && c->year % 100 != 0) || c->year % 400 == 0;
  int last = lengths[c->month - 1] + (c->month == 2 && leap);
  return c->day <= last && c->hour >= 0 && c->hour < 24 && c->minute >= 0 && c->minute < 60 &&
         c->second >= 0 && c->second < 60;
}

/* +hhmm, -hh:mm or Z; seconds to subtract. */
static bool zone(cy_span *s, int64_t *offset)
{
  *offset = 0;
  if (skip(s, 'Z') || skip(s, 'z'))
    return true;
  int sign = skip(s, '+') ? 1 : skip(s, '-') ? -1 : 0;
  if (!sign)
    return false;
  int hours = digits(s, 2);
  skip(s, ':');
  int minutes = digits(s, 2);
  if (hours < 0 || hours > 23 || minutes < 0 || minutes > 59)
    return false;
  *offset = sign * (hours * 3600 + minutes * 60);
  return true;
}

/* false when a field is out of its range, or the offset leads out of the years that have four digits. */
static bool time_of(cy_time *out, const civil *c, int64_t offset)
{
  if (!in_range(c))
    return false;
  cy_time t = cy_time_from_civil(c->year, c->month, c->day, c->hour, c->minute, c->second) - offset;
  if (t < CY_TIME_MIN || t > CY_TIME_MAX)
    return false;
  *out = t;
  return true;
}

/* Digits after the point, at least one. */
static bool skip_fraction(cy_span *s)
{
  size_t n = 0;
  while (digits(s, 1) >= 0)
    n++;
  return n > 0;
}

bool cy_time_parse_asn1(cy_time *out, cy_span text, bool generalized, bool *strict_form)
{
  cy_span s = text;
  bool strict = true;
  civil c = {.year = digits(&s, generalized ? 4 : 2)};
  if (!generalized && c.year >= 0)
    c.year += c.year < 50 ? 2000 : 1900;
  c.month = digits(&s, 2);
  c.day = digits(&s, 2);
  c.hour = digits(&s, 2);
  c.minute = digits(&s, 2);
  if (s.len && s.data[0] >= '0' && s.data[0] <= '9')
    c.second = digits(&s, 2);
  else
    strict = false;
  if (generalized && skip(&s, '.')) {
    strict = false;
    if (!skip_fraction(&s))
      return false;
  }
  int64_t offset;
  strict = strict && s.len == 1 && s.data[0] == 'Z';
  if (!zone(&s, &offset) || s.len)
    return false;
  if (strict_form)
    *strict_form = strict;
  return time_of(out, &c, offset);
}

static bool parse_seconds(cy_time *out, const char *text)
{
  int64_t v = 0;
  for (; *text >= '0' && *text <= '9' && v <= CY_TIME_MAX; text++)
    v = v * 10 + (*text - '0');
  *out = v;
  return *text == 0 && v <= CY_TIME_MAX;
}

bool cy_time_parse(cy_time *out, const char *text)
{
  if (text[0] == '@' && text[1])
    return parse_seconds(out, text + 1);
  cy_span s = cy_span_str(text);
  civil c = {.year = digits(&s, 4)};
  bool ok = skip(&s, '-');
  c.month = digits(&s, 2);
  ok = ok && skip(&s, '-');
  c.day = digits(&s, 2);
  int64_t offset = 0;
  if (ok && s.len) {
    ok = skip(&s, 'T') || skip(&s, 't') || skip(&s, ' ');
    c.hour = digits(&s, 2);
    ok = ok && skip(&s, ':');
    c.minute = digits(&s, 2);
    if (skip(&s, ':'))
      c.second = digits(&s, 2);
    if (skip(&s, '.'))
      ok = ok && skip_fraction(&s);
    ok = ok && (s.len == 0 || zone(&s, &offset));
  }
  return ok && !s.len && time_of(out, &c, offset);
}

void cy_time_format_rfc3339(cy_buf *buf, cy_time t)
{
  civil c = civil_from_time(t);
  cy_buf_printf(
    buf, "%04lld-%02d-%02dT%02d:%02d:%02dZ", (long long)c.year, c.month, c.day, c.hour, c.minute, c.second);
}

void cy_time_format_date(cy_buf *buf, cy_time t)
{
  civil c = civil_from_time(t);
  cy_buf_printf(buf, "%04lld-%02d-%02d", (long long)c.year, c.month, c.day);
}

void cy_time_format_local(cy_buf *buf, cy_time t)
{
  char text[64];
  struct tm tm;
  time_t seconds = (time_t)t;
  if (localtime_r(&seconds, &tm) && strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S %Z", &tm))
    cy_buf_str(buf, text);
  else
    cy_time_format_rfc3339(buf, t);
}

void cy_time_format_asn1(cy_buf *buf, cy_time t, bool generalized)
{
  civil c = civil_from_time(t);
  if (generalized ? c.year < 0 || c.year > 9999 : c.year < 1950 || c.year > 2049) {
    cy_buf_fail(buf, CY_BUF_WRONG);
    return;
  }
  if (generalized)
    cy_buf_printf(buf, "%04lld", (long long)c.year);
  else
    cy_buf_printf(buf, "%02d", (int)(c.year % 100));
  cy_buf_printf(buf, "%02d%02d%02d%02d%02dZ", c.month, c.day, c.hour, c.minute, c.second);
}

int64_t cy_time_days(cy_time a, cy_time b)
{
  int64_t d = b - a;
  return d / CY_DAY - (d % CY_DAY < 0);
}
