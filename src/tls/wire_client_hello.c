#include "tls/wire_hello.h"
#include "tls/wire_reader.h"

enum { RANDOM = 32, MAX_SESSION_ID = 32 };

typedef struct {
  cy_wire_reader r;
  cy_wire_client_hello *hello;
} hello_reader;

/* struct { NameType name_type; HostName host_name<1..2^16-1>; } server_name_list<1..2^16-1> */
static void read_server_name(hello_reader *h, cy_cur *cur)
{
  cy_cur list = cy_cur_over(cur, cy_wire_vec(&h->r, cur, "server_name_list", 2, 1));
  while (cy_cur_more(&list)) {
    uint8_t kind = cy_wire_u8(&h->r, &list, "name_type");
    cy_span name = cy_wire_vec(&h->r, &list, "host_name", 2, 1);
    if (kind == 0 && !h->hello->server_name.data)
      h->hello->server_name = name;
  }
}

static void read_shares(hello_reader *h, cy_cur *cur)
{
  cy_wire_client_hello *hello = h->hello;
  hello->shares = cy_wire_vec(&h->r, cur, "client_shares", 2, 0);
  cy_cur list = cy_cur_over(cur, hello->shares);
  for (; cy_cur_more(&list); hello->share_count++) {
    cy_wire_u16(&h->r, &list, "group");
    cy_wire_vec(&h->r, &list, "key_exchange", 2, 1);
  }
}

/* PskIdentity identities<7..2^16-1>; PskBinderEntry binders<33..2^16-1> */
static void read_psk(hello_reader *h, cy_cur *cur)
{
  cy_wire_client_hello *hello = h->hello;
  hello->psk_identities = cy_wire_vec(&h->r, cur, "identities", 2, 7);
  cy_cur list = cy_cur_over(cur, hello->psk_identities);
  for (; cy_cur_more(&list); hello->psk_count++) {
    cy_wire_vec(&h->r, &list, "identity", 2, 1);
    cy_wire_u32(&h->r, &list, "obfuscated_ticket_age");
  }
  cy_span binders = cy_wire_vec(&h->r, cur, "binders", 2, 33);
  cy_wire_vec_count(&h->r, cur, "binder", binders, 1, 32);
}

static void read_lists(hello_reader *h, uint16_t type, cy_cur *cur)
{
  cy_wire_client_hello *hello = h->hello;
  switch (type) {
  case CY_EXT_ALPN:
    hello->protocols = cy_wire_vec(&h->r, cur, "protocol_name_list", 2, 2);
    cy_wire_vec_count(&h->r, cur, "protocol_name", hello->protocols, 1, 1);
    break;
  case CY_EXT_CERTIFICATE_AUTHORITIES:
    hello->authorities = cy_wire_vec(&h->r, cur, "authorities", 2, 3);
    cy_wire_vec_count(&h->r, cur, "DistinguishedName", hello->authorities, 2, 1);
    break;
  case CY_EXT_STATUS_REQUEST:
    hello->status_request = true;
    cy_wire_u8(&h->r, cur, "status_type");
    cy_cur_rest(cur);
    break;
  case CY_EXT_KEY_SHARE:
    read_shares(h, cur);
    break;
  case CY_EXT_PRE_SHARED_KEY:
    read_psk(h, cur);
    break;
  default: /* server_name */
    read_server_name(h, cur);
  }
}

/* Extensions that say all by being there: how the server could misread a body is not our matter. */
static bool *flag_of(cy_wire_client_hello *hello, uint16_t type)
{
  switch (type) {
  case CY_EXT_ENCRYPT_THEN_MAC:
    return &hello->encrypt_then_mac;
  case CY_EXT_EXTENDED_MASTER_SECRET:
    return &hello->extended_master_secret;
  case CY_EXT_EARLY_DATA:
    return &hello->early_data;
  case CY_EXT_POST_HANDSHAKE_AUTH:
    return &hello->post_handshake_auth;
  default:
    return NULL;
  }
}

/* Extensions that are one vector: of numbers, or (size 1) of bytes. */
typedef struct {
  uint16_t type;
  uint8_t width, size;
  uint8_t min;
  const char *field;
  size_t place; /* of the span in the hello */
} vector_row;

#define AT(member) offsetof(cy_wire_client_hello, member)
static const vector_row vectors[] = {
  {CY_EXT_SUPPORTED_GROUPS, 2, 2, 2, "named_group_list", AT(groups)},
  {CY_EXT_EC_POINT_FORMATS, 1, 1, 1, "ec_point_format_list", AT(point_formats)},
  {CY_EXT_SIGNATURE_ALGORITHMS, 2, 2, 2, "supported_signature_algorithms", AT(schemes)},
  {CY_EXT_SIGNATURE_ALGORITHMS_CERT, 2, 2, 2, "supported_signature_algorithms", AT(schemes_cert)},
  {CY_EXT_SUPPORTED_VERSIONS, 1, 2, 2, "versions", AT(versions)},
  {CY_EXT_PSK_KEY_EXCHANGE_MODES, 1, 1, 1, "ke_modes", AT(psk_modes)},
  {CY_EXT_COOKIE, 2, 1, 1, "cookie", AT(cookie)},
  {CY_EXT_COMPRESS_CERTIFICATE, 1, 2, 2, "algorithms", AT(compress_certs)},
  {CY_EXT_RENEGOTIATION_INFO, 1, 1, 0, "renegotiated_connection", AT(renegotiated)},
};
#undef AT

static bool read_vector(hello_reader *h, uint16_t type, cy_cur *cur)
{
  for (size_t i = 0; i < CY_COUNT(vectors); i++) {
    const vector_row *row = &vectors[i];
    if (row->type != type)
      continue;
    cy_span list = row->size == 2 ? cy_wire_list16(&h->r, cur, row->field, row->width, row->min)
                                  : cy_wire_vec(&h->r, cur, row->field, row->width, row->min);
    memcpy((char *)h->hello + row->place, &list, sizeof list);
    return true;
  }
  return false;
}

static void read_extension(hello_reader *h, uint16_t type, cy_cur *cur)
{
  cy_wire_client_hello *hello = h->hello;
  bool *flag = flag_of(hello, type);
  if (flag) {
    *flag = true;
    cy_wire_nothing(&h->r, cur);
    return;
  }
  if (read_vector(h, type, cur))
    return;
  switch (type) {
  case CY_EXT_MAX_FRAGMENT_LENGTH:
    hello->max_fragment = cy_wire_u8(&h->r, cur, "max_fragment_length");
    break;
  case CY_EXT_HEARTBEAT:
    hello->heartbeat = cy_wire_u8(&h->r, cur, "mode");
    break;
  case CY_EXT_RECORD_SIZE_LIMIT:
    hello->record_size_limit = cy_wire_u16(&h->r, cur, "record_size_limit");
    break;
  case CY_EXT_SESSION_TICKET:
    hello->session_ticket = cy_cur_rest(cur);
    break;
  case CY_EXT_ENCRYPTED_CLIENT_HELLO:
    hello->encrypted_hello = true;
    cy_cur_rest(cur);
    break;
  case CY_EXT_SERVER_NAME:
  case CY_EXT_ALPN:
  case CY_EXT_CERTIFICATE_AUTHORITIES:
  case CY_EXT_STATUS_REQUEST:
  case CY_EXT_KEY_SHARE:
  case CY_EXT_PRE_SHARED_KEY:
    read_lists(h, type, cur);
    break;
  default:
    cy_cur_rest(cur);
  }
}

static void read_extensions(hello_reader *h, cy_cur *cur)
{
  cy_wire_extension ext;
  cy_wire_extensions_read(&h->r, cur, &h->hello->extensions);
  cy_wire_extensions left = h->hello->extensions;
  while (cy_cur_ok(cur) && cy_wire_extension_next(&left, &ext)) {
    cy_cur body = cy_cur_over(cur, ext.body);
    h->hello->grease |= cy_wire_is_grease(ext.type);
    cy_wire_enter(&h->r, ext.type);
    read_extension(h, ext.type, &body);
    cy_wire_end_of(&h->r, &body, "extension_data");
    cy_wire_leave(&h->r);
  }
}

cy_err *cy_wire_client_hello_parse(cy_wire_client_hello *hello, cy_span body)
{
  hello_reader h = {.hello = hello};
  cy_cur cur = cy_wire_begin(&h.r, "ClientHello", body);
  *hello = (cy_wire_client_hello){0};
  hello->version = cy_wire_u16(&h.r, &cur, "legacy_version");
  hello->random = cy_wire_take(&h.r, &cur, "random", RANDOM);
  hello->session_id = cy_wire_vec(&h.r, &cur, "legacy_session_id", 1, 0);
  if (hello->session_id.len > MAX_SESSION_ID)
    cy_wire_fail(&h.r, &cur, "legacy_session_id", "it is longer than 32 bytes");
  hello->suites = cy_wire_list16(&h.r, &cur, "cipher_suites", 2, 2);
  hello->compression = cy_wire_vec(&h.r, &cur, "legacy_compression_methods", 1, 1);
  cy_wire_note_marks(hello);
  if (cy_cur_more(&cur)) /* before TLS 1.2 there need be no extensions */
    read_extensions(&h, &cur);
  cy_wire_end_of(&h.r, &cur, "");
  return cy_wire_check(&h.r);
}
