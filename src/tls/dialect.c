/* What each library does by default. */
#include "tls/dialect.h"

#include "base/text.h"

/* Rows are written for the build, not for people. */
#include "tls_dialects.inc"

const size_t cy_tls_dialect_count = CY_COUNT(cy_tls_dialects);

const cy_tls_dialect *cy_tls_dialect_find(const char *id)
{
  const cy_tls_dialect *family = NULL;
  size_t len = strlen(id);
  for (size_t i = 0; i < cy_tls_dialect_count; i++) {
    const cy_tls_dialect *dialect = &cy_tls_dialects[i];
    if (strcmp(dialect->id, id) == 0)
      return dialect;
    if (cy_text_starts(dialect->id, id) && dialect->id[len] == '-')
      family = dialect;
  }
  return family;
}
