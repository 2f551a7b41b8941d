/*
 * Showing extensions: what the files ext_*.c share.
 *
 * Purpose:   lines for people and keys for programs from one pass over an extension.
 * Ownership: a cy_ext_show lives for one extension.
 * Errors:    in the cursor's parse; cy_extension_show reports them.
 * Threads:   one owner.
 */
#ifndef CY_X509_EXT_SHOW_H
#define CY_X509_EXT_SHOW_H

#include "base/der.h"
#include "x509/extension.h"
#include "x509/general_name.h"

typedef struct {
  cy_out *out;
  const cy_cert_view *cert; /* NULL in a request */
  const cy_ext *ext;
  const char *title; /* of the next line: the extension's, then "" */
  bool has_line;
} cy_ext_show;

typedef void cy_ext_shower(cy_ext_show *show, cy_cur *cur);

/* A line for people. */
void cy_ext_line(cy_ext_show *show, const char *format, ...) CY_PRINTF(2, 3);
void cy_ext_line_buf(cy_ext_show *show, const cy_buf *text);
/* For programs only: people get lines that are aligned over all extensions. */
void cy_ext_open(cy_ext_show *show, const char *key);
void cy_ext_close(cy_ext_show *show);
void cy_ext_list(cy_ext_show *show, const char *key);
void cy_ext_list_end(cy_ext_show *show);
void cy_ext_json_oid(cy_ext_show *show, const char *key, cy_span oid);
/* One GeneralName: {"kind", "value"} and a line that begins with `words` ("permitted "). */
void cy_ext_name(cy_ext_show *show, const char *words, const cy_general_name *name);
/* All up to the end of the cursor, as a list under `key`. */
void cy_ext_names(cy_ext_show *show, cy_cur *list, const char *key, const char *words);
/* Text of any string type. */
void cy_ext_string(cy_buf *utf8, cy_der value);

cy_ext_shower cy_ext_alt_name, cy_ext_authority_key, cy_ext_name_constraints, cy_ext_crl_points,
  cy_ext_access;
cy_ext_shower cy_ext_policies, cy_ext_policy_mappings, cy_ext_policy_constraints, cy_ext_inhibit_any;
cy_ext_shower cy_ext_ns_type, cy_ext_text, cy_ext_ms_template, cy_ext_ms_ca_version, cy_ext_ms_policies;
cy_ext_shower cy_ext_qc_statements, cy_ext_scts, cy_ext_tls_feature, cy_ext_octets, cy_ext_key_period;

#endif
