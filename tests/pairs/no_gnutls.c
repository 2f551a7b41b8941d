/* Where GnuTLS can not be linked, its ends do not start. */
#include "pairs/real.h"

const bool gnutls_here = false;

real_end *gnutls_end(seen *out, const pool *p, const cy_tls_side *side, bool watches)
{
  (void)out;
  (void)p;
  (void)side;
  (void)watches;
  return NULL;
}
