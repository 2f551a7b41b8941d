/* Channel authentication records: what commands and displays say. */
#include "identity/chlauth.h"

#include "base/mem.h"
#include "base/text.h"
#include "identity/chlauth_internal.h"
#include "identity/codes.h"

static const char *const type_names[CY_CHLAUTH_TYPES] = {
  "BLOCKADDR", "BLOCKUSER", "SSLPEERMAP", "USERMAP", "QMGRMAP", "ADDRESSMAP"};

const char *cy_chlauth_type_name(cy_chlauth_type type)
{
  return type_names[type];
}

cy_err *cy_chlauth_new(cy_chlauth **out, const char *file)
{
  cy_chlauth *records = cy_calloc(1, sizeof *records);
  *out = NULL;
  CY_TRY_ALLOC(records);
  records->refs = 1;
  cy_map_init(&records->by_profile, true);
  cy_map_init(&records->by_key, true);
  records->file = cy_arena_str(&records->arena, cy_span_str(file));
  if (!records->file) {
    cy_chlauth_free(records);
    return cy_err_no_memory();
  }
  *out = records;
  return NULL;
}

cy_chlauth *cy_chlauth_ref(cy_chlauth *records)
{
  if (records)
    __atomic_add_fetch(&records->refs, 1, __ATOMIC_RELAXED);
  return records;
}

void cy_chlauth_free(cy_chlauth *records)
{
  if (!records || __atomic_sub_fetch(&records->refs, 1, __ATOMIC_ACQ_REL) != 0)
    return;
  for (size_t i = 0; i < records->count; i++) {
    cy_dn_filter_free(records->records[i].peer_filter);
    cy_dn_filter_free(records->records[i].issuer_filter);
  }
  cy_free(records->records);
  cy_free(records->generic);
  cy_map_clear(&records->by_profile);
  cy_map_clear(&records->by_key);
  cy_arena_clear(&records->arena);
  cy_findings_clear(&records->findings);
  cy_free(records);
}

bool cy_chlauth_list_next(const char **list, cy_span *item)
{
  while (**list == ',' || **list == ' ')
    (*list)++;
  size_t len = strcspn(*list, ", ");
  *item = cy_span_of(*list, len);
  *list += len;
  return len > 0;
}

/* What is wrong. */

static cy_finding *noticed(cy_chlauth *records, cy_finding_id id, size_t line, const char *format, ...)
  CY_PRINTF(4, 5);

static cy_finding *noticed(cy_chlauth *records, cy_finding_id id, size_t line, const char *format, ...)
{
  CY_CLEAN(cy_buf) text = CY_BUF_TEXT;
  va_list args;
  va_start(args, format);
  cy_buf_vprintf(&text, format, args);
  va_end(args);
  cy_finding *f =
    cy_finding_add(&records->findings, id, records->file, "line %zu: %s", line, cy_buf_cstr(&text));
  cy_finding_evidence(&records->findings, f, "what", "%s", cy_buf_cstr(&text));
  cy_finding_evidence(&records->findings, f, "line", "%zu", line);
  return f;
}

/* The error of a parser, as a finding of the record's line. Takes it. */
static cy_err *not_understood(
  cy_chlauth *records, cy_finding_id id, size_t line, const char *what, cy_err *err)
{
  if (!cy_err_is(err, CY_E_IDENTITY_FILTER) && !cy_err_is(err, CY_E_IDENTITY_ADDRESS))
    return err;
  cy_finding *f = noticed(records, id, line, "%s: %s", what, cy_err_text(err));
  cy_finding_set_fix(&records->findings, f, "%s", cy_err_fix(err));
  cy_err_free(err);
  return cy_findings_check(&records->findings);
}

/* Parameters. */

static cy_err *keep(cy_chlauth *records, const char **to, const cy_mqsc_command *command, const char *name)
{
  const cy_mqsc_param *p = cy_mqsc_find(command, name);
  if (!p || !p->has_value)
    return NULL;
  cy_span text = p->value;
  while (text.len && text.data[0] == ' ')
    text = cy_span_of(text.data + 1, text.len - 1);
  while (text.len && text.data[text.len - 1] == ' ')
    text.len--;
  if (!text.len)
    return NULL;
  *to = cy_arena_str(&records->arena, text);
  CY_TRY_ALLOC(*to);
  return NULL;
}

static bool says(const cy_mqsc_command *command, const char *name, const char *value)
{
  const cy_mqsc_param *p = cy_mqsc_find(command, name);
  return p && cy_mqsc_is(p->value, value);
}

static cy_err *take_filters(cy_chlauth *records, cy_chlauth_record *record)
{
  const struct {
    const char *what, *text;
    cy_dn_filter **filter;
  } both[] = {
    {"SSLPEER", record->peer, &record->peer_filter}, {"SSLCERTI", record->issuer, &record->issuer_filter}};
  for (size_t i = 0; i < CY_COUNT(both); i++) {
    cy_err *err = both[i].text ? cy_dn_filter_parse(both[i].filter, both[i].text) : NULL;
    record->unusable |= err != NULL;
    if (err)
      CY_TRY(not_understood(records, CY_F_MQ_PEER_NAME_WRONG, record->line, both[i].what, err));
  }
  return NULL;
}

static cy_err *take_address(cy_chlauth *records, cy_chlauth_record *record)
{
  cy_err *err = record->address ? cy_address_pattern_parse(&record->pattern, record->address) : NULL;
  record->unusable |= err != NULL;
  return err ? not_understood(records, CY_F_MQ_CHLAUTH_WRONG, record->line, "ADDRESS", err) : NULL;
}

static cy_err *take_params(cy_chlauth *records, cy_chlauth_record *record, const cy_mqsc_command *command)
{
  static const char *const words[] = {"MAP", "NOACCESS", "CHANNEL"};
  bool addresses = record->type == CY_CHLAUTH_BLOCKADDR;
  for (size_t i = 0; i < CY_COUNT(words); i++)
    if (says(command, "USERSRC", words[i]))
      record->source = (cy_chlauth_source)i;
  record->warn = says(command, "WARN", "YES");
  CY_TRY(keep(records, &record->profile, command, "CHLAUTH"));
  CY_TRY(keep(records, &record->peer, command, "SSLPEER"));
  CY_TRY(keep(records, &record->issuer, command, "SSLCERTI"));
  CY_TRY(keep(records, &record->address, command, "ADDRESS"));
  CY_TRY(keep(records, &record->who, command, record->type == CY_CHLAUTH_USERMAP ? "CLNTUSER" : "QMNAME"));
  CY_TRY(keep(records, &record->list, command, addresses ? "ADDRLIST" : "USERLIST"));
  CY_TRY(keep(records, &record->mcauser, command, "MCAUSER"));
  CY_TRY(take_filters(records, record));
  return take_address(records, record);
}

/* Records and their keys. */

static void put_key(cy_buf *key, const cy_chlauth_record *r)
{
  const char *parts[] = {r->profile, type_names[r->type], r->peer, r->issuer, r->who, r->address};
  bool lists = r->type == CY_CHLAUTH_BLOCKADDR || r->type == CY_CHLAUTH_BLOCKUSER;
  for (size_t i = 0; i < (lists ? 2 : CY_COUNT(parts)); i++) {
    cy_buf_str(key, parts[i] ? parts[i] : "");
    cy_buf_u8(key, '\n');
  }
}

static void put_profile(cy_buf *key, const char *profile, cy_chlauth_type type)
{
  cy_buf_printf(key, "%s\n%d", profile, (int)type);
}

size_t cy_chlauth_first(const cy_chlauth *records, const char *profile, cy_chlauth_type type)
{
  CY_CLEAN(cy_buf) key = CY_BUF_TEXT;
  put_profile(&key, profile, type);
  return cy_map_get(&records->by_profile, cy_buf_get(&key));
}

static size_t same_record(const cy_chlauth *records, const cy_chlauth_record *record)
{
  CY_CLEAN(cy_buf) key = CY_BUF_TEXT;
  put_key(&key, record);
  size_t at = cy_map_get(&records->by_key, cy_buf_get(&key));
  return at != CY_MAP_NONE && records->records[at].gone ? CY_MAP_NONE : at;
}

/* Takes the filters of `record`. */
static cy_err *add_record(cy_chlauth *records, cy_chlauth_record *record)
{
  CY_CLEAN(cy_buf) key = CY_BUF_TEXT;
  CY_CLEAN(cy_buf) profile = CY_BUF_TEXT;
  size_t at = records->count;
  put_key(&key, record);
  put_profile(&profile, record->profile, record->type);
  CY_TRY(cy_buf_check(&key));
  CY_TRY(cy_buf_check(&profile));
  record->next = cy_map_get(&records->by_profile, cy_buf_get(&profile));
  if (!cy_grow(&records->records, &records->cap, at + 1, sizeof *records->records) ||
      !cy_grow(
        &records->generic, &records->generic_cap, records->generic_count + 1, sizeof *records->generic) ||
      !cy_map_put(&records->by_key, cy_buf_get(&key), at) ||
      !cy_map_put(&records->by_profile, cy_buf_get(&profile), at))
    return cy_err_no_memory();
  if (cy_generic_is(record->profile))
    records->generic[records->generic_count++] = at;
  records->records[records->count++] = *record;
  record->peer_filter = record->issuer_filter = NULL;
  return NULL;
}

static void remove_all(cy_chlauth *records, const cy_chlauth_record *record)
{
  size_t at = cy_chlauth_first(records, record->profile, record->type);
  for (; at != CY_MAP_NONE; at = records->records[at].next)
    records->records[at].gone = true;
}

static cy_err *join_lists(cy_chlauth *records, cy_chlauth_record *there, const cy_chlauth_record *more)
{
  CY_CLEAN(cy_buf) both = CY_BUF_TEXT;
  cy_buf_printf(&both, "%s,%s", there->list, more->list);
  CY_TRY(cy_buf_check(&both));
  there->list = cy_arena_str(&records->arena, cy_buf_get(&both));
  CY_TRY_ALLOC(there->list);
  return NULL;
}

static cy_err *refuse_double(cy_chlauth *records, const cy_chlauth_record *there, uint32_t line)
{
  cy_finding *f = noticed(records, CY_F_MQ_CHLAUTH_WRONG, line,
    "this record is there already (line %u), and without ACTION(REPLACE) it is refused", there->line);
  cy_finding_set_fix(&records->findings, f, "Add ACTION(REPLACE).");
  return cy_findings_check(&records->findings);
}

/* ADD on a list adds to it; with everything else it is refused when the record is there. */
static cy_err *change(cy_chlauth *records, cy_chlauth_record *record, const cy_mqsc_command *command)
{
  size_t at = same_record(records, record);
  cy_chlauth_record *there = at == CY_MAP_NONE ? NULL : &records->records[at];
  bool removes = says(command, "ACTION", "REMOVE");
  bool adds = !removes && !says(command, "ACTION", "REPLACE");
  if (says(command, "ACTION", "REMOVEALL")) {
    remove_all(records, record);
    return NULL;
  }
  if (there && adds && record->list && there->list)
    return join_lists(records, there, record);
  if (there && adds && there->line)
    return refuse_double(records, there, record->line);
  if (there)
    there->gone = true;
  return removes ? NULL : add_record(records, record);
}

static bool find_type(const cy_mqsc_command *command, cy_chlauth_type *type)
{
  for (size_t i = 0; i < CY_CHLAUTH_TYPES; i++)
    if (says(command, "TYPE", type_names[i])) {
      *type = (cy_chlauth_type)i;
      return true;
    }
  return false;
}

static cy_err *no_type(cy_chlauth *records, const cy_mqsc_command *command)
{
  const cy_mqsc_param *p = cy_mqsc_find(command, "TYPE");
  CY_CLEAN(cy_buf) word = CY_BUF_TEXT;
  cy_buf_span(&word, p ? p->value : CY_SPAN_NONE);
  cy_nearest near = CY_NEAREST(cy_buf_cstr(&word));
  for (size_t i = 0; i < CY_CHLAUTH_TYPES && p; i++)
    cy_nearest_try(&near, type_names[i]);
  cy_finding *f = noticed(records, CY_F_MQ_CHLAUTH_WRONG, command->line, "%s%s%s%s",
    p ? "there is no record of TYPE " : "a record needs TYPE(...)", cy_buf_cstr(&word),
    near.best ? "; nearest is " : "", near.best ? near.best : "");
  if (near.best)
    cy_finding_set_fix(&records->findings, f, "Write TYPE(%s).", near.best);
  return cy_findings_check(&records->findings);
}

/* What a record of its kind can not do without. */
static cy_err *lacks(cy_chlauth *records, const cy_chlauth_record *r, bool removes, bool *lacking)
{
  static const char *const wanted[CY_CHLAUTH_TYPES] = {
    "ADDRLIST", "USERLIST", "SSLPEER", "CLNTUSER", "QMNAME", "ADDRESS"};
  const char *const have[CY_CHLAUTH_TYPES] = {r->list, r->list, r->peer, r->who, r->who, r->address};
  bool user = r->type >= CY_CHLAUTH_SSLPEERMAP && r->source == CY_CHLAUTH_MAP && !r->mcauser;
  *lacking = !removes && (!have[r->type] || user);
  if (!*lacking)
    return NULL;
  cy_finding *f = noticed(records, CY_F_MQ_CHLAUTH_WRONG, r->line, "TYPE(%s) needs %s", type_names[r->type],
    have[r->type] ? "MCAUSER, since USERSRC(MAP) is the default" : wanted[r->type]);
  cy_finding_set_fix(&records->findings, f, "Add %s(...)%s.", have[r->type] ? "MCAUSER" : wanted[r->type],
    have[r->type] ? ", or write USERSRC(CHANNEL) or USERSRC(NOACCESS)" : "");
  return cy_findings_check(&records->findings);
}

/* The verb first: a script of a hundred thousand channels has few commands of ours. */
static bool is_ours(const cy_mqsc_command *command)
{
  if (cy_mqsc_is(command->verb, "SET"))
    return command->count && cy_mqsc_is(command->params[0].name, "CHLAUTH");
  bool shown = command->verb.len > 3 &&
               (memcmp(command->verb.data, "AMQ", 3) == 0 || memcmp(command->verb.data, "CSQ", 3) == 0);
  return shown && cy_mqsc_find(command, "CHLAUTH") && cy_mqsc_find(command, "TYPE");
}

static cy_err *apply(cy_chlauth *records, const cy_mqsc_command *command)
{
  cy_chlauth_record record = {.line = (uint32_t)command->line, .next = CY_MAP_NONE};
  bool removes = says(command, "ACTION", "REMOVE") || says(command, "ACTION", "REMOVEALL"), lacking;
  if (!find_type(command, &record.type))
    return no_type(records, command);
  cy_err *err = take_params(records, &record, command);
  if (!err && record.profile)
    err = lacks(records, &record, removes, &lacking);
  if (!err && record.profile && !lacking)
    err = change(records, &record, command);
  cy_dn_filter_free(record.peer_filter);
  cy_dn_filter_free(record.issuer_filter);
  return err;
}

cy_err *cy_chlauth_apply(cy_chlauth *records, const cy_mqsc_command *command, bool *taken)
{
  size_t failures = cy_mem_failures(); /* of buffers whose failure nobody asks for */
  *taken = !command->wrong && is_ours(command);
  if (!*taken)
    return NULL;
  records->told = true;
  CY_TRY(apply(records, command));
  return failures == cy_mem_failures() ? NULL : cy_err_no_memory();
}

cy_err *cy_chlauth_add_defaults(cy_chlauth *records)
{
  const cy_chlauth_record defaults[] = {
    {.type = CY_CHLAUTH_BLOCKUSER, .profile = "*", .list = "*MQADMIN"},
    {.type = CY_CHLAUTH_ADDRESSMAP, .profile = "SYSTEM.*", .address = "*", .source = CY_CHLAUTH_NOACCESS},
    {.type = CY_CHLAUTH_ADDRESSMAP,
      .profile = "SYSTEM.ADMIN.SVRCONN",
      .address = "*",
      .source = CY_CHLAUTH_CHANNEL},
  };
  for (size_t i = 0; i < CY_COUNT(defaults); i++) {
    cy_chlauth_record record = defaults[i];
    record.next = CY_MAP_NONE;
    CY_TRY(add_record(records, &record));
  }
  return NULL;
}

cy_err *cy_chlauth_check(cy_chlauth *records)
{
  size_t rules = 0, failures = cy_mem_failures();
  for (size_t i = 0; i < records->count; i++) {
    const cy_chlauth_record *r = &records->records[i];
    rules += !r->gone && r->line;
    if (r->gone || !r->warn)
      continue;
    CY_CLEAN(cy_buf) words = CY_BUF_TEXT;
    cy_chlauth_record_format(&words, records, r);
    noticed(records, CY_F_MQ_CHLAUTH_WARN, r->line, "%s lets in whom it names, with a message only",
      cy_buf_cstr(&words));
  }
  if (records->disabled && rules)
    noticed(records, CY_F_MQ_CHLAUTH_OFF, records->disabled_line, "CHLAUTH(DISABLED), and %zu record%s",
      rules, rules == 1 ? " stands there" : "s stand there");
  return failures == cy_mem_failures() ? cy_findings_check(&records->findings) : cy_err_no_memory();
}
