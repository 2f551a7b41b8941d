/* Channel authentication records: which wins, and what comes of it; each rule of precedence for itself. */
#include "tests/lib/errors.h"

#include "identity/chlauth.h"
#include "identity/codes.h"
#include "x509/name.h"

static cy_err *read_script(cy_chlauth *records, const char *text)
{
  CY_CLEAN(cy_mqsc) in;
  CY_TRY(cy_mqsc_over(&in, "test", cy_span_str(text)));
  for (;;) {
    cy_mqsc_command command;
    bool more, taken;
    CY_TRY(cy_mqsc_next(&in, &command, &more));
    if (!more)
      return NULL;
    CY_TRY(cy_chlauth_apply(records, &command, &taken));
  }
}

static cy_chlauth *records_of(const char *text)
{
  cy_chlauth *records;
  fine(cy_chlauth_new(&records, "t.mqsc"));
  fine(read_script(records, text));
  return records;
}

/* What the decision came to: the ways in one line. */
static void decide(cy_buf *out, const cy_chlauth *records, cy_chlauth_peer peer, const char *subject)
{
  CY_CLEAN(cy_buf) name = CY_BUF_TEXT;
  CY_CLEAN(cy_buf) issuer = CY_BUF_TEXT;
  cy_chlauth_decision d;
  static const char *const results[] = {"runs", "address", "noaccess", "user"};
  if (subject) {
    fine(cy_name_parse(&name, subject));
    fine(cy_name_parse(&issuer, "O = x, CN = ca"));
    peer.shows_certificate = true;
    peer.subject.name = cy_buf_get(&name);
    peer.issuer = cy_buf_get(&issuer);
  }
  fine(cy_chlauth_decide(&d, records, &peer));
  cy_buf_reset(out);
  for (size_t i = 0; i < d.count; i++)
    cy_buf_printf(out, "%s%s:%s:%u%s%s", i ? " " : "", results[d.ways[i].result],
      d.ways[i].user ? d.ways[i].user : "-", d.ways[i].record ? d.ways[i].record->line : 0,
      d.ways[i].warned ? ":warned" : "", d.ways[i].unless_admin ? ":unless" : "");
  cy_buf_printf(out, "%s%s%s%s", d.checked ? "" : "off", d.address_matters ? " address?" : "",
    d.user_matters ? " user?" : "", d.qmgr_matters ? " qmgr?" : "");
}

typedef struct {
  const char *rule;
  const char *script;
  cy_chlauth_peer peer;
  const char *subject;
  const char *wanted;
} precedence;

#define APP                         .channel = "APP.ONE", .program = true
#define MAP(where, type, who, user) "SET CHLAUTH('" where "') TYPE(" type ") " who " MCAUSER('" user "')\n"

static const precedence rules[] = {
  {"no record: the flowed user", "", {APP, .user = "joe"}, NULL, "runs:joe:0"},
  {"no record: the channel's user", "", {APP, .user = "joe", .mcauser = "app"}, NULL, "runs:app:0"},
  {"exact channel before pattern",
    MAP("APP.*", "ADDRESSMAP", "ADDRESS('192.0.2.1')", "a")
      MAP("APP.ONE", "ADDRESSMAP", "ADDRESS('*')", "b"),
    {APP, .address = "192.0.2.1"}, NULL, "runs:b:2"},
  {"longer pattern before shorter",
    MAP("A*", "ADDRESSMAP", "ADDRESS('*')", "a") MAP("APP.*", "ADDRESSMAP", "ADDRESS('*')", "b"), {APP},
    NULL, "runs:b:2"},
  {"the channel counts before the kind",
    MAP("APP.*", "SSLPEERMAP", "SSLPEER('CN=a')", "a") MAP("APP.ONE", "ADDRESSMAP", "ADDRESS('*')", "b"),
    {APP}, "O = x, CN = a", "runs:b:2"},
  {"certificate before user before address",
    MAP("APP.ONE", "ADDRESSMAP", "ADDRESS('192.0.2.1')", "a") MAP(
      "APP.ONE", "USERMAP", "CLNTUSER('joe')", "b") MAP("APP.ONE", "SSLPEERMAP", "SSLPEER('CN=a')", "c"),
    {APP, .address = "192.0.2.1", .user = "joe"}, "O = x, CN = a", "runs:c:3"},
  {"user before address",
    MAP("APP.ONE", "ADDRESSMAP", "ADDRESS('192.0.2.1')", "a")
      MAP("APP.ONE", "USERMAP", "CLNTUSER('joe')", "b"),
    {APP, .address = "192.0.2.1", .user = "joe"}, NULL, "runs:b:2"},
  {"users heed capitals", MAP("APP.ONE", "USERMAP", "CLNTUSER('Joe')", "a"), {APP, .user = "joe"}, NULL,
    "runs:joe:0"},
  {"no certificate: its records do not fit",
    MAP("APP.ONE", "SSLPEERMAP", "SSLPEER('CN=*')", "a") MAP("*", "ADDRESSMAP", "ADDRESS('*')", "b"), {APP},
    NULL, "runs:b:2"},
  {"CN before OU",
    MAP("*", "SSLPEERMAP", "SSLPEER('OU=u,O=x')", "a") MAP("*", "SSLPEERMAP", "SSLPEER('CN=a')", "b"),
    {APP}, "O = x, OU = u, CN = a", "runs:b:2"},
  {"more OUs before fewer",
    MAP("*", "SSLPEERMAP", "SSLPEER('OU=u')", "a") MAP("*", "SSLPEERMAP", "SSLPEER('OU=u,OU=*')", "b"),
    {APP}, "O = x, OU = u, OU = v, CN = a", "runs:b:2"},
  {"OUs are looked at from the highest on",
    MAP("*", "SSLPEERMAP", "SSLPEER('OU=*,OU=v')", "a") MAP("*", "SSLPEERMAP", "SSLPEER('OU=u,OU=*')", "b"),
    {APP}, "O = x, OU = u, OU = v, CN = a", "runs:b:2"},
  {"no asterisk before one before two before alone",
    MAP("*", "SSLPEERMAP", "SSLPEER('CN=*')", "a") MAP("*", "SSLPEERMAP", "SSLPEER('CN=*ab*')", "b")
      MAP("*", "SSLPEERMAP", "SSLPEER('CN=ab*')", "c") MAP("*", "SSLPEERMAP", "SSLPEER('CN=abc')", "d"),
    {APP}, "O = x, CN = abc", "runs:d:4"},
  {"an issuer before none",
    MAP("*", "SSLPEERMAP", "SSLPEER('CN=a')", "a")
      MAP("*", "SSLPEERMAP", "SSLPEER('CN=a') SSLCERTI('CN=ca')", "b"),
    {APP}, "O = x, CN = a", "runs:b:2"},
  {"another issuer does not fit",
    MAP("*", "SSLPEERMAP", "SSLPEER('CN=a')", "a")
      MAP("*", "SSLPEERMAP", "SSLPEER('CN=a') SSLCERTI('CN=cb')", "b"),
    {APP}, "O = x, CN = a", "runs:a:1"},
  {"an address before none",
    MAP("*", "SSLPEERMAP", "SSLPEER('CN=a')", "a")
      MAP("*", "SSLPEERMAP", "SSLPEER('CN=a') ADDRESS('192.0.*')", "b"),
    {APP, .address = "192.0.2.1"}, "O = x, CN = a", "runs:b:2"},
  {"the narrower address",
    MAP("*", "ADDRESSMAP", "ADDRESS('192.0.*')", "a") MAP("*", "ADDRESSMAP", "ADDRESS('192.0.2.1-8')", "b")
      MAP("*", "ADDRESSMAP", "ADDRESS('192.0.2.*')", "c"),
    {APP, .address = "192.0.2.1"}, NULL, "runs:b:2"},
  {"an address before a host's name",
    MAP("*", "ADDRESSMAP", "ADDRESS('a.example')", "a") MAP("*", "ADDRESSMAP", "ADDRESS('192.*')", "b"),
    {APP, .address = "192.0.2.1"}, NULL, "runs:b:2"},
  {"queue managers: names with asterisks",
    MAP("TO.*", "QMGRMAP", "QMNAME('QM*')", "a") MAP("TO.*", "QMGRMAP", "QMNAME('QM1')", "b"),
    {.channel = "TO.QM2", .qmgr = "QM1"}, NULL, "runs:b:2"},
  {"records of users are for programs only", MAP("TO.*", "USERMAP", "CLNTUSER('joe')", "a"),
    {.channel = "TO.QM2", .user = "joe", .qmgr = "QM1"}, NULL, "runs:joe:0"},
  {"records of queue managers are not for programs", MAP("*", "QMGRMAP", "QMNAME('*')", "a"),
    {APP, .user = "joe"}, NULL, "runs:joe:0"},
  {"NOACCESS", "SET CHLAUTH('*') TYPE(ADDRESSMAP) ADDRESS('*') USERSRC(NOACCESS)", {APP}, NULL,
    "noaccess:-:1"},
  {"NOACCESS with a warning", "SET CHLAUTH('*') TYPE(ADDRESSMAP) ADDRESS('*') USERSRC(NOACCESS) WARN(YES)",
    {APP, .user = "joe"}, NULL, "runs:joe:1:warned"},
  {"the back stop lets in whom another record names",
    "SET CHLAUTH('*') TYPE(ADDRESSMAP) ADDRESS('*') USERSRC(NOACCESS)\n" MAP(
      "APP.*", "SSLPEERMAP", "SSLPEER('CN=a')", "app"),
    {APP}, "O = x, CN = a", "runs:app:2"},
  {"CHANNEL: the partner's user", "SET CHLAUTH('*') TYPE(ADDRESSMAP) ADDRESS('*') USERSRC(CHANNEL)",
    {APP, .user = "joe"}, NULL, "runs:joe:1"},
  {"BLOCKUSER after mapping",
    "SET CHLAUTH('*') TYPE(BLOCKUSER) USERLIST('app','x')\n" MAP("*", "ADDRESSMAP", "ADDRESS('*')", "app"),
    {APP, .user = "joe"}, NULL, "user:app:2"},
  {"BLOCKUSER: the list of the nearest channel counts",
    "SET CHLAUTH('*') TYPE(BLOCKUSER) USERLIST('joe')\nSET CHLAUTH('APP.*') TYPE(BLOCKUSER) "
    "USERLIST('jim')",
    {APP, .user = "joe"}, NULL, "runs:joe:0"},
  {"administrators", "SET CHLAUTH('*') TYPE(BLOCKUSER) USERLIST('*MQADMIN')", {APP, .user = "mqm"}, NULL,
    "user:mqm:0"},
  {"perhaps an administrator", "SET CHLAUTH('*') TYPE(BLOCKUSER) USERLIST('*MQADMIN')",
    {APP, .user = "joe"}, NULL, "runs:joe:0:unless"},
  {"a warning about users", "SET CHLAUTH('*') TYPE(BLOCKUSER) USERLIST('joe') WARN(YES)",
    {APP, .user = "joe"}, NULL, "runs:joe:0:warned"},
  {"BLOCKADDR", "SET CHLAUTH('*') TYPE(BLOCKADDR) ADDRLIST('192.0.2.*','10.*')",
    {APP, .address = "10.1.2.3"}, NULL, "address:-:0"},
  {"BLOCKADDR of others", "SET CHLAUTH('*') TYPE(BLOCKADDR) ADDRLIST('192.0.2.*')",
    {APP, .address = "10.1.2.3", .user = "joe"}, NULL, "runs:joe:0"},
  /* What is not known leaves several. */
  {"no address: every record that may win",
    MAP("*", "ADDRESSMAP", "ADDRESS('192.0.2.1')", "a") MAP("*", "ADDRESSMAP", "ADDRESS('10.*')",
      "b") "SET CHLAUTH('*') TYPE(ADDRESSMAP) ADDRESS('*') USERSRC(NOACCESS)",
    {APP}, NULL, "runs:a:1 runs:b:2 noaccess:-:3 address?"},
  {"no address: a certificate's record is sure",
    MAP("*", "ADDRESSMAP", "ADDRESS('192.0.2.1')", "a") MAP("*", "SSLPEERMAP", "SSLPEER('CN=a')", "b"),
    {APP}, "O = x, CN = a", "runs:b:2"},
  {"no user", MAP("*", "USERMAP", "CLNTUSER('joe')", "a"), {APP}, NULL, "runs:a:1 runs:-:0 user?"},
  {"no name of the queue manager", MAP("*", "QMGRMAP", "QMNAME('QM1')", "a"), {.channel = "TO.X"}, NULL,
    "runs:a:1 runs:-:0 qmgr?"},
  {"no address: perhaps blocked", "SET CHLAUTH('*') TYPE(BLOCKADDR) ADDRLIST('192.0.2.*')",
    {APP, .user = "joe"}, NULL, "address:-:0 runs:joe:0 address?"},
  /* What commands do. */
  {"REPLACE",
    MAP("*", "ADDRESSMAP", "ADDRESS('*')", "a") MAP("*", "ADDRESSMAP", "ADDRESS('*') ACTION(REPLACE)", "b"),
    {APP}, NULL, "runs:b:2"},
  {"REMOVE",
    MAP("*", "ADDRESSMAP", "ADDRESS('*')",
      "a") "SET CHLAUTH('*') TYPE(ADDRESSMAP) ADDRESS('*') ACTION(REMOVE)",
    {APP, .user = "joe"}, NULL, "runs:joe:0"},
  {"REMOVEALL",
    MAP("*", "ADDRESSMAP", "ADDRESS('*')", "a")
      MAP("*", "ADDRESSMAP", "ADDRESS('10.*')", "b") "SET CHLAUTH('*') TYPE(ADDRESSMAP) ACTION(REMOVEALL)",
    {APP, .user = "joe"}, NULL, "runs:joe:0"},
  {"ADD to a list",
    "SET CHLAUTH('*') TYPE(BLOCKUSER) USERLIST('a')\nSET CHLAUTH('*') TYPE(BLOCKUSER) USERLIST('joe') "
    "ACTION(ADD)",
    {APP, .user = "joe"}, NULL, "user:joe:0"},
  {"a record whose filter is wrong matches nobody", MAP("*", "SSLPEERMAP", "SSLPEER('cn=a')", "a"),
    {APP, .user = "joe"}, "O = x, CN = a", "runs:joe:0"},
};

static void precedences(void **state)
{
  (void)state;
  for (size_t i = 0; i < CY_COUNT(rules); i++) {
    CY_AUTO(cy_chlauth) *records = records_of(rules[i].script);
    CY_CLEAN(cy_buf) out = CY_BUF_TEXT;
    decide(&out, records, rules[i].peer, rules[i].subject);
    if (strcmp(cy_buf_cstr(&out), rules[i].wanted) != 0)
      fail_msg("%s: %s, not %s", rules[i].rule, cy_buf_cstr(&out), rules[i].wanted);
  }
}

static void defaults(void **state)
{
  (void)state;
  CY_AUTO(cy_chlauth) *records = NULL;
  CY_CLEAN(cy_buf) out = CY_BUF_TEXT;
  fine(cy_chlauth_new(&records, "t.mqsc"));
  fine(cy_chlauth_add_defaults(records));
  decide(&out, records, (cy_chlauth_peer){.channel = "SYSTEM.DEF.SVRCONN", .program = true}, NULL);
  assert_string_equal(cy_buf_cstr(&out), "noaccess:-:0");
  decide(&out, records,
    (cy_chlauth_peer){.channel = "SYSTEM.ADMIN.SVRCONN", .program = true, .user = "joe"}, NULL);
  assert_string_equal(cy_buf_cstr(&out), "runs:joe:0:unless");
  decide(&out, records, (cy_chlauth_peer){.channel = "APP.ONE", .program = true, .user = "mqm"}, NULL);
  assert_string_equal(cy_buf_cstr(&out), "user:mqm:0");
  /* A command of one's own takes the place of a default without a word. */
  fine(read_script(records, "SET CHLAUTH('SYSTEM.*') TYPE(ADDRESSMAP) ADDRESS('*') USERSRC(CHANNEL)"));
  assert_int_equal(records->findings.count, 0);
  decide(&out, records, (cy_chlauth_peer){.channel = "SYSTEM.DEF.SVRCONN", .program = true, .user = "joe"},
    NULL);
  assert_string_equal(cy_buf_cstr(&out), "runs:joe:1:unless");
  records->disabled = true;
  decide(&out, records, (cy_chlauth_peer){.channel = "APP.ONE", .program = true, .user = "mqm"}, NULL);
  assert_string_equal(cy_buf_cstr(&out), "off");
}

static void findings(void **state)
{
  (void)state;
  static const struct {
    const char *script;
    cy_finding_id id;
    const char *what;
  } cases[] = {
    {"SET CHLAUTH('A') TYPE(ADRESSMAP)", CY_F_MQ_CHLAUTH_WRONG, "nearest is ADDRESSMAP"},
    {"SET CHLAUTH('A') ADDRESS('*')", CY_F_MQ_CHLAUTH_WRONG, "needs TYPE"},
    {"SET CHLAUTH('A') TYPE(ADDRESSMAP) ADDRESS('*')", CY_F_MQ_CHLAUTH_WRONG, "needs MCAUSER"},
    {"SET CHLAUTH('A') TYPE(SSLPEERMAP) USERSRC(CHANNEL)", CY_F_MQ_CHLAUTH_WRONG, "needs SSLPEER"},
    {"SET CHLAUTH('A') TYPE(ADDRESSMAP) ADDRESS('1.2.3') USERSRC(CHANNEL)", CY_F_MQ_CHLAUTH_WRONG,
      "too few parts"},
    {"\nSET CHLAUTH('A') TYPE(SSLPEERMAP) SSLPEER('CM=a') USERSRC(CHANNEL)", CY_F_MQ_PEER_NAME_WRONG,
      "line 2: SSLPEER: at character 1"},
    {"SET CHLAUTH('A') TYPE(BLOCKUSER) USERLIST('a') WARN(YES)", CY_F_MQ_CHLAUTH_WARN,
      "with a message only"},
    {MAP("A", "ADDRESSMAP", "ADDRESS('*')", "a") MAP("A", "ADDRESSMAP", "ADDRESS('*')", "b"),
      CY_F_MQ_CHLAUTH_WRONG, "is there already (line 1)"},
  };
  for (size_t i = 0; i < CY_COUNT(cases); i++) {
    CY_AUTO(cy_chlauth) *records = records_of(cases[i].script);
    fine(cy_chlauth_check(records));
    assert_int_equal(records->findings.count, 1);
    assert_int_equal(records->findings.items[0]->id, cases[i].id);
    if (!strstr(records->findings.items[0]->what, cases[i].what))
      fail_msg("%s: %s", cases[i].script, records->findings.items[0]->what);
  }
  CY_AUTO(cy_chlauth) *off = records_of(MAP("A", "ADDRESSMAP", "ADDRESS('*')", "a"));
  fine(cy_chlauth_check(off));
  assert_int_equal(off->findings.count, 0);
  off->disabled = true;
  fine(cy_chlauth_check(off));
  assert_int_equal(off->findings.items[0]->id, CY_F_MQ_CHLAUTH_OFF);
}

/* Look-ups do not scan: a hundred thousand records for other channels are not looked at. */
static void many(void **state)
{
  (void)state;
  CY_AUTO(cy_chlauth) *records = NULL;
  CY_CLEAN(cy_buf) script = CY_BUF(64 << 20);
  CY_CLEAN(cy_buf) out = CY_BUF_TEXT;
  for (unsigned i = 0; i < 100000; i++)
    cy_buf_printf(&script, "SET CHLAUTH('CH.%u') TYPE(SSLPEERMAP) SSLPEER('CN=a') MCAUSER('u%u')\n", i, i);
  fine(cy_chlauth_new(&records, "t.mqsc"));
  fine(read_script(records, cy_buf_cstr(&script)));
  for (unsigned i = 0; i < 1000; i++)
    decide(&out, records, (cy_chlauth_peer){.channel = "CH.99999", .program = true}, "O = x, CN = a");
  assert_string_equal(cy_buf_cstr(&out), "runs:u99999:100000");
}

static cy_err *work(void *arg)
{
  CY_AUTO(cy_chlauth) *records = NULL;
  cy_chlauth_decision d;
  (void)arg;
  CY_TRY(cy_chlauth_new(&records, "t"));
  CY_TRY(cy_chlauth_add_defaults(records));
  CY_TRY(read_script(records,
    "SET CHLAUTH('A') TYPE(SSLPEERMAP) SSLPEER('CN=a') MCAUSER('u')\nSET CHLAUTH('A') TYPE(X)\n"
    "SET CHLAUTH('*') TYPE(BLOCKUSER) USERLIST('x') ACTION(ADD)"));
  CY_TRY(cy_chlauth_check(records));
  return cy_chlauth_decide(&d, records, &(cy_chlauth_peer){.channel = "A"});
}

static void memory(void **state)
{
  (void)state;
  memory_ends_anywhere(work, NULL, 20);
}

int main(void)
{
  const struct CMUnitTest tests[] = {cmocka_unit_test(precedences), cmocka_unit_test(defaults),
    cmocka_unit_test(findings), cmocka_unit_test(many), cmocka_unit_test(memory)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
