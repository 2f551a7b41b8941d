/*
 * curl's configuration files.
 *
 * Purpose:   .curlrc and what -K names: an option a line, as curl takes them apart.
 * Ownership: words are borrowed for the call.
 * Errors:    memory, and those of `take`; what is wrong is a finding.
 * Threads:   one owner.
 * Source:    curl(1), -K; what curl 7.88 does.
 */
#ifndef CY_TLS_READ_CURL_H
#define CY_TLS_READ_CURL_H

#include "tls/reader.h"

/* One option with its dashes, and what stands behind it (NULL: nothing). */
typedef cy_err *cy_curl_take(void *arg, const char *option, const char *value, size_t line);
cy_err *cy_curl_config(const char *file, cy_span text, cy_findings *findings, cy_curl_take *take, void *arg)
  CY_MUST_USE;

#endif
