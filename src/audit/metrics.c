#include "audit/metrics.h"

#include "base/text.h"

static void family(cy_buf *text, const char *name, const char *help)
{
  cy_buf_printf(text, "# HELP %s %s\n# TYPE %s gauge\n", name, help, name);
}

/* Valid UTF-8 without control characters; backslash and quote are escaped. */
static void label(cy_buf *text, const char *name, const char *value, const char *after)
{
  CY_CLEAN(cy_buf) safe = CY_BUF_TEXT;
  cy_text_put_safe(&safe, cy_span_str(value ? value : ""));
  cy_buf_printf(text, "%s=\"", name);
  for (size_t i = 0; i < safe.len; i++) {
    if (safe.data[i] == '\\' || safe.data[i] == '"')
      cy_buf_u8(text, '\\');
    cy_buf_u8(text, safe.data[i]);
  }
  cy_buf_printf(text, "\"%s", after);
  if (safe.failed)
    cy_buf_fail(text, CY_BUF_NO_MEMORY);
}

void cy_metrics_begin(cy_buf *text)
{
  family(text, "causey_certificate_not_after_seconds", "When the certificate ends, in seconds since 1970.");
}

void cy_metrics_store(cy_buf *text, const cy_audit_store *store)
{
  for (size_t i = 0; i < store->notes.cert_count; i++) {
    const cy_note_cert *n = &store->notes.certs[i];
    cy_buf_str(text, "causey_certificate_not_after_seconds{");
    label(text, "path", store->path, ",");
    label(text, "kind", store->kind, ",");
    label(text, "label", cy_note_str(&store->notes, n->label), ",");
    label(text, "subject", cy_note_str(&store->notes, n->title), ",");
    cy_buf_printf(text, "entry=\"%u\",chain=\"%u\",private_key=\"%s\"} %lld\n", n->position, n->index,
      n->with_key && n->index == 0 ? "yes" : "no", (long long)n->not_after);
  }
}

static void number(cy_buf *text, const char *name, const char *help, uint64_t value)
{
  family(text, name, help);
  cy_buf_printf(text, "%s %llu\n", name, (unsigned long long)value);
}

void cy_metrics_end(cy_buf *text, const cy_audit_summary *sum, uint64_t took_ms, cy_time when)
{
  family(text, "causey_findings", "Findings of the last audit by severity.");
  for (int i = 0; i <= CY_CRITICAL; i++)
    cy_buf_printf(text, "causey_findings{severity=\"%s\"} %llu\n", cy_severity_name((cy_severity)i),
      (unsigned long long)sum->severities[i]);
  family(text, "causey_findings_by_id", "Findings of the last audit by id; ids without any are left out.");
  for (int i = 0; i < CY_F_COUNT; i++)
    if (sum->by_id[i])
      cy_buf_printf(text, "causey_findings_by_id{id=\"%s\"} %llu\n",
        cy_finding_info_get((cy_finding_id)i)->id, (unsigned long long)sum->by_id[i]);
  number(text, "causey_findings_accepted", "Findings that a baseline accepts.", sum->accepted);
  family(text, "causey_stores", "Files that hold certificates or keys.");
  cy_buf_printf(text, "causey_stores{opened=\"yes\"} %llu\ncausey_stores{opened=\"no\"} %llu\n",
    (unsigned long long)sum->opened, (unsigned long long)(sum->stores - sum->opened));
  family(text, "causey_private_keys", "Private keys by whether a passphrase protects them.");
  cy_buf_printf(text,
    "causey_private_keys{protected=\"no\"} %llu\ncausey_private_keys{protected=\"yes\"} %llu\n",
    (unsigned long long)sum->clear_keys, (unsigned long long)(sum->keys - sum->clear_keys));
  number(
    text, "causey_certificates", "Certificates, each as often as it lies somewhere.", sum->certificates);
  number(text, "causey_files_looked_at", "Files that were looked at.", sum->files);
  number(text, "causey_audit_complete", "1 when the audit was not interrupted.", !sum->interrupted);
  family(text, "causey_audit_duration_seconds", "How long the audit took.");
  cy_buf_printf(text, "causey_audit_duration_seconds %llu.%03u\n", (unsigned long long)(took_ms / 1000),
    (unsigned)(took_ms % 1000));
  number(
    text, "causey_audit_end_time_seconds", "When the audit ended, in seconds since 1970.", (uint64_t)when);
}
