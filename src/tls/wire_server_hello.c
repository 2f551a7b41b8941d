#include "tls/notation.h"
#include "tls/wire_hello.h"
#include "tls/wire_reader.h"

enum { RANDOM = 32, MAX_SESSION_ID = 32 };

/* SHA-256 of "HelloRetryRequest" (RFC 8446 4.1.3). */
const uint8_t cy_wire_retry_random[RANDOM] = {0xcf, 0x21, 0xad, 0x74, 0xe5, 0x9a, 0x61, 0x11, 0xbe, 0x1d,
  0x8c, 0x02, 0x1e, 0x65, 0xb8, 0x91, 0xc2, 0xa2, 0x11, 0x16, 0x7a, 0xbb, 0x8c, 0x5e, 0x07, 0x9e, 0x09,
  0xe2, 0xc8, 0xa8, 0x33, 0x9c};

typedef struct {
  cy_wire_reader r;
  cy_wire_answers *answers;
  bool retry;
} answer_reader;

static void read_protocol(answer_reader *a, cy_cur *cur)
{
  cy_cur list = cy_cur_over(cur, cy_wire_vec(&a->r, cur, "protocol_name_list", 2, 2));
  a->answers->protocol = cy_wire_vec(&a->r, &list, "protocol_name", 1, 1);
  cy_wire_end_of(&a->r, &list, "protocol_name_list");
}

/* HelloRetryRequest names the group only. */
static void read_share(answer_reader *a, cy_cur *cur)
{
  a->answers->group = cy_wire_u16(&a->r, cur, a->retry ? "selected_group" : "group");
  if (!a->retry)
    a->answers->key = cy_wire_vec(&a->r, cur, "key_exchange", 2, 1);
}

static bool *flag_of(cy_wire_answers *answers, uint16_t type)
{
  switch (type) {
  case CY_EXT_SERVER_NAME:
    return &answers->server_name;
  case CY_EXT_STATUS_REQUEST:
    return &answers->status_request;
  case CY_EXT_ENCRYPT_THEN_MAC:
    return &answers->encrypt_then_mac;
  case CY_EXT_EXTENDED_MASTER_SECRET:
    return &answers->extended_master_secret;
  case CY_EXT_SESSION_TICKET:
    return &answers->session_ticket;
  case CY_EXT_EARLY_DATA:
    return &answers->early_data;
  default:
    return NULL;
  }
}

static void read_answer(answer_reader *a, uint16_t type, cy_cur *cur)
{
  cy_wire_answers *answers = a->answers;
  switch (type) {
  case CY_EXT_MAX_FRAGMENT_LENGTH:
    answers->max_fragment = cy_wire_u8(&a->r, cur, "max_fragment_length");
    break;
  case CY_EXT_SUPPORTED_GROUPS:
    answers->groups = cy_wire_list16(&a->r, cur, "named_group_list", 2, 2);
    break;
  case CY_EXT_EC_POINT_FORMATS:
    answers->point_formats = cy_wire_vec(&a->r, cur, "ec_point_format_list", 1, 1);
    break;
  case CY_EXT_HEARTBEAT:
    answers->heartbeat = cy_wire_u8(&a->r, cur, "mode");
    break;
  case CY_EXT_ALPN:
    read_protocol(a, cur);
    break;
  case CY_EXT_RECORD_SIZE_LIMIT:
    answers->record_size_limit = cy_wire_u16(&a->r, cur, "record_size_limit");
    break;
  case CY_EXT_PRE_SHARED_KEY:
    answers->psk = true;
    answers->psk_index = cy_wire_u16(&a->r, cur, "selected_identity");
    break;
  case CY_EXT_SUPPORTED_VERSIONS:
    answers->version = cy_wire_u16(&a->r, cur, "selected_version");
    break;
  case CY_EXT_COOKIE:
    answers->cookie = cy_wire_vec(&a->r, cur, "cookie", 2, 1);
    break;
  case CY_EXT_KEY_SHARE:
    read_share(a, cur);
    break;
  case CY_EXT_RENEGOTIATION_INFO:
    answers->renegotiated = cy_wire_vec(&a->r, cur, "renegotiated_connection", 1, 0);
    break;
  default:
    cy_cur_rest(cur);
  }
}

static void read_answers(answer_reader *a, cy_cur *cur)
{
  cy_wire_extension ext;
  cy_wire_extensions_read(&a->r, cur, &a->answers->extensions);
  cy_wire_extensions left = a->answers->extensions;
  while (cy_cur_ok(cur) && cy_wire_extension_next(&left, &ext)) {
    cy_cur body = cy_cur_over(cur, ext.body);
    bool *flag = flag_of(a->answers, ext.type);
    cy_wire_enter(&a->r, ext.type);
    if (flag)
      *flag = true;
    else
      read_answer(a, ext.type, &body);
    cy_wire_end_of(&a->r, &body, "extension_data");
    cy_wire_leave(&a->r);
  }
}

cy_err *cy_wire_encrypted_extensions_parse(cy_wire_answers *answers, cy_span body)
{
  answer_reader a = {.answers = answers};
  cy_cur cur = cy_wire_begin(&a.r, "EncryptedExtensions", body);
  *answers = (cy_wire_answers){0};
  read_answers(&a, &cur);
  cy_wire_end_of(&a.r, &cur, "");
  return cy_wire_check(&a.r);
}

/* The last eight bytes of the random (RFC 8446 4.1.3). */
static uint16_t downgrade_of(cy_span random)
{
  static const char mark[] = "DOWNGRD";
  const uint8_t *end = random.data + RANDOM - 8;
  if (memcmp(end, mark, 7) != 0 || end[7] > 1)
    return 0;
  return end[7] ? CY_TLS12 : CY_TLS11;
}

cy_err *cy_wire_server_hello_parse(cy_wire_server_hello *hello, cy_span body)
{
  answer_reader a = {.answers = &hello->answers};
  cy_cur cur = cy_wire_begin(&a.r, "ServerHello", body);
  *hello = (cy_wire_server_hello){0};
  hello->version = hello->chosen = cy_wire_u16(&a.r, &cur, "legacy_version");
  hello->random = cy_wire_take(&a.r, &cur, "random", RANDOM);
  if (hello->random.len == RANDOM) {
    hello->retry = a.retry = memcmp(hello->random.data, cy_wire_retry_random, RANDOM) == 0;
    hello->downgrade = downgrade_of(hello->random);
  }
  if (hello->retry)
    a.r.message = "HelloRetryRequest";
  hello->session_id = cy_wire_vec(&a.r, &cur, "legacy_session_id_echo", 1, 0);
  if (hello->session_id.len > MAX_SESSION_ID)
    cy_wire_fail(&a.r, &cur, "legacy_session_id_echo", "it is longer than 32 bytes");
  hello->suite = cy_wire_u16(&a.r, &cur, "cipher_suite");
  hello->compression = cy_wire_u8(&a.r, &cur, "legacy_compression_method");
  if (cy_cur_more(&cur))
    read_answers(&a, &cur);
  cy_wire_end_of(&a.r, &cur, "");
  if (hello->answers.version)
    hello->chosen = hello->answers.version;
  return cy_wire_check(&a.r);
}
