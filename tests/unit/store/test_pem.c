/* causey-test: any-user. PEM bundles: what is in them, and that what is not touched stays as it was. */
#include "tests/unit/store/store_util.h"

#include "crypto/codes.h"
#include "store/codes.h"

static void every_kind_of_block(void **state)
{
  (void)state;
  CY_AUTO(cy_place) *place = OPEN("some text\n", "root.pem", "a.csr", "root.crl", "trusted.pem", "a.key",
    "rsa.old.key",
    "a.sealed.key", "-----BEGIN PUBLIC KEY-----\nMAA=\n-----END PUBLIC KEY-----\n", "last words\n");
  holds(place, "C:Root R:Alpha L:Root T:Root K: K: K:");
  assert_string_equal(cy_place_kind(place), "pem");
}

static void old_words_for_blocks(void **state)
{
  (void)state;
  CY_CLEAN(cy_buf) der;
  CY_CLEAN(cy_buf) text = CY_BUF_STORE;
  load_der(&der, "root.pem");
  cy_pem_encode(&text, "X509 CERTIFICATE", cy_buf_get(&der));
  cy_pem_encode(&text, "CERTIFICATE", cy_buf_get(&der));
  CY_AUTO(cy_place) *place = open_bytes(cy_buf_get(&text));
  holds(place, "C:Root C:Root");
}

/* Pairing. */

static void pairs_interleaved(void **state)
{
  (void)state;
  CY_AUTO(cy_place) *one = OPEN("a.key", "b.pem", "b.key", "a.pem");
  holds(one, "I:Alpha I:Beta");
  CY_AUTO(cy_place) *two = OPEN("b.pem", "a.pem", "mid.pem", "a.key", "root.pem", "b.key");
  holds(two, "I:Alpha/3 I:Beta/3");
}

static void pairs_every_algorithm(void **state)
{
  (void)state;
  static const char *const names[] = {"a", "b", "rsa", "pss", "dsa", "explicit"};
  for (size_t i = 0; i < CY_COUNT(names); i++) {
    char key[40], cert[40];
    snprintf(key, sizeof key, "%s.key", names[i]);
    snprintf(cert, sizeof cert, "%s.pem", names[i]);
    CY_AUTO(cy_place) *place = OPEN("root.pem", cert, key);
    if (cy_place_count(place) != 2 || entry_at(place, 2)->kind != CY_ENTRY_IDENTITY)
      if (entry_at(place, 1)->kind != CY_ENTRY_IDENTITY)
        fail_msg("%s is not paired", names[i]);
  }
}

static void a_key_without_its_certificate(void **state)
{
  (void)state;
  CY_AUTO(cy_place) *place = OPEN("a.key", "b.pem", "mid.pem");
  holds(place, "K: C:Beta C:Middle");
}

static void a_chain_that_two_share(void **state)
{
  (void)state;
  CY_AUTO(cy_place) *place = OPEN("a.pem", "a.key", "mid.pem", "b.pem", "b.key");
  holds(place, "I:Alpha/2 I:Beta/2");
  CY_CLEAN(cy_buf) have;
  CY_CLEAN(cy_buf) want;
  fine(cy_place_remove(place, entry_at(place, 1)));
  written(&have, place, NULL);
  COMPOSE(&want, "mid.pem", "b.pem", "b.key");
  is_text(&have, &want);
  CY_CLEAN(cy_buf) none;
  fine(cy_place_remove(place, entry_at(place, 2)));
  written(&none, place, NULL);
  assert_int_equal(none.len, 0);
}

/* As when two identities of a PKCS#12 are written one after the other. */
static void each_takes_its_own_copy(void **state)
{
  (void)state;
  CY_AUTO(cy_place) *place = OPEN("a.pem", "mid.pem", "a.key", "b.pem", "mid.pem", "b.key");
  holds(place, "I:Alpha/2 I:Beta/2");
  CY_CLEAN(cy_buf) have;
  CY_CLEAN(cy_buf) want;
  fine(cy_place_remove(place, entry_at(place, 1)));
  written(&have, place, NULL);
  COMPOSE(&want, "b.pem", "mid.pem", "b.key");
  is_text(&have, &want);
}

static void a_ca_with_its_key_is_in_chains_too(void **state)
{
  (void)state;
  CY_AUTO(cy_place) *place = OPEN("a.key", "a.pem", "mid.pem", "mid.key");
  holds(place, "I:Alpha/2 I:Middle");
}

static void issuers_of_one_name(void **state)
{
  (void)state;
  CY_CLEAN(cy_buf) mid;
  load_der(&mid, "mid.pem");
  CY_AUTO(cy_place) *place = OPEN("a.key", "a.pem", "midold.pem", "mid.pem", "root.pem");
  holds(place, "I:Alpha/3 C:Middle");
  assert_true(cy_span_equal(entry_at(place, 1)->certs[1].der, cy_buf_get(&mid)));
  CY_AUTO(cy_place) *wrong = OPEN("a.key", "a.pem", "midold.pem");
  holds(wrong, "I:Alpha C:Middle");
  CY_AUTO(cy_place) *cross = OPEN("a.key", "a.pem", "cross.pem", "mid.pem", "root2.pem");
  holds(cross, "I:Alpha/3 C:Middle");
}

static void a_sealed_key_and_what_is_beside(void **state)
{
  (void)state;
  CY_AUTO(cy_place) *place = OPEN("a.pem", "mid.pem", "a.sealed.key");
  holds(place, "I:Alpha/2?");
  CY_AUTO(cy_place) *two = OPEN("a.pem", "a.sealed.key", "b.pem", "b.sealed.key");
  holds(two, "I:Alpha? I:Beta?");
  CY_AUTO(cy_place) *keys_first = OPEN("a.sealed.key", "a.pem", "b.sealed.key", "b.pem");
  holds(keys_first, "I:Alpha? I:Beta?");
  /* The certificate that a key in clear proves to have is not given to a sealed one before. */
  CY_AUTO(cy_place) *proven = OPEN("a.sealed.key", "b.pem", "b.key", "a.pem");
  assert_int_equal(entry_at(proven, 2)->kind, CY_ENTRY_IDENTITY);
  assert_false(entry_at(proven, 2)->pairing_assumed);
}

static void parameters_go_with_their_key(void **state)
{
  (void)state;
  CY_CLEAN(cy_buf) have;
  CY_CLEAN(cy_buf) want;
  CY_AUTO(cy_place) *place = OPEN("explicit.key", "root.pem");
  holds(place, "K: C:Root");
  written(&have, place, NULL);
  COMPOSE(&want, "explicit.key", "root.pem");
  is_text(&have, &want);
  cy_buf_clear(&have);
  cy_buf_clear(&want);
  fine(cy_place_remove(place, entry_at(place, 1)));
  written(&have, place, NULL);
  COMPOSE(&want, "root.pem");
  is_text(&have, &want);
}

static void what_openssl_says_of_a_block(void **state)
{
  (void)state;
  CY_CLEAN(cy_buf) have;
  CY_CLEAN(cy_buf) want;
  cy_entry *entry;
  CY_AUTO(cy_place) *place = OPEN("my own text\n\n", "bags.pem", "end text\n");
  holds(place, "I:Gr\xc3\xbc\xc3\x9f"
               "e a/2");
  fine(find_label(place, "Gr\xc3\xbc\xc3\x9f"
                         "e a", &entry));
  assert_true(entry->id.len > 0);
  fine(cy_place_remove(place, entry));
  written(&have, place, NULL);
  COMPOSE(&want, "my own text\n\n", "end text\n");
  is_text(&have, &want);
}

static void label_of(const char *before, const char *want)
{
  CY_AUTO(cy_place) *place = OPEN(before, "root.pem");
  const char *label = entry_at(place, 1)->label;
  if ((label == NULL) != (want == NULL) || (want && strcmp(label, want) != 0))
    fail_msg("%s gives %s", before, label ? label : "none");
}

static void names_in_the_text_before(void **state)
{
  (void)state;
  label_of("Bag Attributes\n    friendlyName: a b \t\r\n", "a b");
  label_of("Bag Attributes\n    friendlyName: \n", NULL);
  label_of("Bag Attributes\n    friendlyName:x\n    localKeyID: 01 \n", "x");
  label_of("Bag Attributes\n    unfriendlyName: x\n", NULL);
  label_of("friendlyName: not indented\n", NULL);
  label_of("Bag Attributes\n    friendlyName: other\nBag Attributes\n    friendlyName: mine\n", "mine");
  label_of("Bag Attributes\n    friendlyName: other\nBag Attributes: <Empty Attributes>\n", NULL);
  label_of("Bag Attributes\n    friendlyName: \xe4\n", "\xc3\xa4");
  label_of("Bag Attributes\n    localKeyID: 01 0G \n    friendlyName: x\n", "x");
}

/* A NUL is no blank: the text around it is not taken for openssl's, nor trimmed. */
static void nul_bytes(void **state)
{
  (void)state;
  CY_CLEAN(cy_buf) text = CY_BUF_STORE;
  cy_buf_put(&text, "Bag Attributes\n    friendlyName: ab\0\0\n", 38);
  add_file(&text, "root.pem");
  CY_AUTO(cy_place) *place = open_bytes(cy_buf_get(&text));
  assert_null(entry_at(place, 1)->label);
  CY_CLEAN(cy_buf) other = CY_BUF_STORE;
  cy_buf_put(&other, "\0\0Bag Attributes\n", 17);
  add_file(&other, "root.pem");
  CY_AUTO(cy_place) *kept = open_bytes(cy_buf_get(&other));
  CY_CLEAN(cy_buf) have;
  fine(cy_place_remove(kept, entry_at(kept, 1)));
  written(&have, kept, NULL);
  assert_int_equal(have.len, 17);
}

static void comments_above_a_block(void **state)
{
  (void)state;
  CY_CLEAN(cy_buf) have;
  CY_CLEAN(cy_buf) want;
  CY_AUTO(cy_place) *place = OPEN("# head of the file\n# more\n", "root.pem", "note\n# Subject: Middle\n",
    "mid.pem",
    "# of all below\n\n", "a.pem");
  for (size_t i = 3; i > 0; i--)
    fine(cy_place_remove(place, entry_at(place, i)));
  written(&have, place, NULL);
  COMPOSE(&want, "# head of the file\n# more\n", "note\n", "# of all below\n\n");
  is_text(&have, &want);
}

/* Changing. */

static void put_goes_last(void **state)
{
  (void)state;
  CY_CLEAN(cy_buf) have;
  CY_CLEAN(cy_buf) want;
  CY_CLEAN(cy_buf) text;
  CY_AUTO(cy_place) *from = OPEN("mid.pem");
  COMPOSE(&text, "head text\n", "root.pem");
  text.len--; /* the last line without its end */
  CY_AUTO(cy_place) *place = open_bytes(cy_buf_get(&text));
  fine(cy_place_put(place, entry_at(from, 1), false));
  written(&have, place, NULL);
  COMPOSE(&want, "head text\n", "root.pem", "mid.pem");
  is_text(&have, &want);
}

static void replace_stays_in_its_place(void **state)
{
  (void)state;
  CY_CLEAN(cy_buf) have;
  CY_CLEAN(cy_buf) want;
  CY_AUTO(cy_place) *from = OPEN("a.csr");
  CY_AUTO(cy_place) *place = OPEN("one \n", "root.pem", "two \n", "mid.pem", "three \n", "a.pem", "four \n");
  fine(cy_place_replace(place, entry_at(place, 2), entry_at(from, 1)));
  written(&have, place, NULL);
  COMPOSE(&want, "one \n", "root.pem", "two \n", "a.csr", "three \n", "a.pem", "four \n");
  is_text(&have, &want);
}

static void replace_in_a_shared_chain(void **state)
{
  (void)state;
  CY_CLEAN(cy_buf) have;
  CY_CLEAN(cy_buf) want;
  CY_AUTO(cy_place) *place = OPEN("a.pem", "a.key", "mid.pem", "b.pem", "b.key");
  cy_entry same = *entry_at(place, 1);
  fine(cy_place_replace(place, entry_at(place, 1), &same));
  written(&have, place, NULL);
  COMPOSE(&want, "a.pem", "a.key", "mid.pem", "b.pem", "b.key");
  is_text(&have, &want);
}

static void a_certificate_comes_and_the_key_stays(void **state)
{
  (void)state;
  CY_CLEAN(cy_buf) have;
  CY_CLEAN(cy_buf) want;
  CY_AUTO(cy_place) *from = OPEN("a.pem");
  CY_AUTO(cy_place) *place = OPEN("text \n", "a.sealed.key", "a.csr");
  cy_entry joined = *entry_at(place, 1);
  joined.kind = CY_ENTRY_IDENTITY;
  joined.keep_key = true;
  joined.certs = entry_at(from, 1)->certs;
  joined.cert_count = 1;
  fine(cy_place_replace(place, entry_at(place, 1), &joined));
  written(&have, place, NULL);
  COMPOSE(&want, "text \n", "a.sealed.key", "a.pem", "a.csr");
  is_text(&have, &want);
}

static void a_new_passphrase_touches_the_key_alone(void **state)
{
  (void)state;
  CY_CLEAN(cy_buf) have;
  CY_AUTO(cy_place) *place = OPEN("text \n", "a.pem", "more \n", "a.key", "last \n");
  CY_AUTO(cy_secret) *password = NULL;
  fine(cy_secret_copy(&password, CY_SPAN("new")));
  fine(cy_place_set_key_password(place, entry_at(place, 1), password, NULL));
  written(&have, place, "unused");
  CY_CLEAN(cy_buf) start;
  COMPOSE(&start, "text \n", "a.pem", "more \n");
  assert_true(have.len > start.len && memcmp(have.data, start.data, start.len) == 0);
  assert_memory_equal(have.data + start.len, "-----BEGIN ENCRYPTED PRIVATE KEY-----", 37);
  assert_memory_equal(have.data + have.len - 6, "last \n", 6);
}

/* Any mixture: taking one entry away leaves every other byte as it was. */

static uint32_t random_state = 20240607;

static unsigned pick(unsigned below)
{
  random_state ^= random_state << 13;
  random_state ^= random_state >> 17;
  random_state ^= random_state << 5;
  return random_state % below;
}

static void to_crlf(cy_buf *text)
{
  CY_CLEAN(cy_buf) lf = *text;
  *text = CY_BUF_STORE;
  for (size_t i = 0; i < lf.len; i++) {
    if (lf.data[i] == '\n')
      cy_buf_u8(text, '\r');
    cy_buf_u8(text, lf.data[i]);
  }
}

/* Blocks that make an entry each, none a pair of another. */
static size_t make_mixture(cy_buf *pieces, size_t max)
{
  static const char *const files[] = {"root.pem", "mid.pem", "a.csr", "root.crl", "trusted.pem", "b.key",
    "rsa.old.key", "explicit.key", "dsa.pem", "pss.pem", "pss.key"};
  static const char *const texts[] = {
    "", "", "some text\n", "\n\n", "text with ---- dashes\n", "subject of a sentence\n", "\t\x80\xff\n"};
  static const char stranger[] = "-----BEGIN STRANGE THING-----\nAAAA\n-----END STRANGE THING-----\n";
  bool has_pss = false;
  size_t count = 1 + pick((unsigned)max);
  for (size_t i = 0; i < count; i++) {
    pieces[i] = CY_BUF_STORE;
    const char *file = files[pick(CY_COUNT(files))];
    if (strncmp(file, "pss", 3) == 0 && has_pss)
      file = "root.pem";
    has_pss = has_pss || strncmp(file, "pss", 3) == 0;
    if (pick(8) == 0)
      cy_buf_str(&pieces[i], stranger);
    cy_buf_str(&pieces[i], texts[pick(CY_COUNT(texts))]);
    add_file(&pieces[i], file);
    if (pick(4) == 0)
      to_crlf(&pieces[i]);
  }
  return count;
}

static size_t block_start(const cy_buf *piece)
{
  const char *files[] = {"-----BEGIN EC PARAMETERS", "-----BEGIN "};
  size_t from = 0;
  if (piece->len > 30 && memmem(piece->data, piece->len, "STRANGE", 7)) {
    const uint8_t *end = memmem(piece->data, piece->len, "END STRANGE THING-----", 22);
    from = (size_t)(end - piece->data) + 22;
    from += piece->data[from] == '\r';
    from += 1;
  }
  for (size_t i = 0; i < CY_COUNT(files); i++) {
    const uint8_t *at = memmem(piece->data + from, piece->len - from, files[i], strlen(files[i]));
    if (at)
      return (size_t)(at - piece->data);
  }
  fail();
  return 0;
}

static void remove_one(const cy_buf *pieces, size_t count, size_t gone, bool mark)
{
  CY_CLEAN(cy_buf) all = CY_BUF_STORE;
  CY_CLEAN(cy_buf) want = CY_BUF_STORE;
  CY_CLEAN(cy_buf) have;
  if (mark)
    cy_buf_str(&all, "\xef\xbb\xbf");
  cy_buf_span(&want, cy_buf_get(&all));
  for (size_t i = 0; i < count; i++) {
    size_t stays = i == gone ? block_start(&pieces[i]) : pieces[i].len;
    cy_buf_span(&all, cy_buf_get(&pieces[i]));
    cy_buf_put(&want, pieces[i].data, stays);
  }
  CY_AUTO(cy_place) *place = open_bytes(cy_buf_get(&all));
  assert_int_equal(cy_place_count(place), count);
  written(&have, place, NULL);
  is_text(&have, &all);
  cy_buf_clear(&have);
  fine(cy_place_remove(place, entry_at(place, gone + 1)));
  written(&have, place, NULL);
  is_text(&have, &want);
}

static void any_mixture_keeps_its_bytes(void **state)
{
  (void)state;
  enum { ROUNDS = 60, MOST = 9 };
  cy_buf pieces[MOST];
  for (int round = 0; round < ROUNDS; round++) {
    size_t count = make_mixture(pieces, MOST);
    bool mark = pick(5) == 0;
    for (size_t gone = 0; gone < count; gone++)
      remove_one(pieces, count, gone, mark);
    for (size_t i = 0; i < count; i++)
      cy_buf_clear(&pieces[i]);
  }
}

/* Keys. */

static void opens_with(const char *file, const char *password, cy_err_code code, int asked)
{
  asker a = ASKER(password);
  const cy_secret *key;
  CY_AUTO(cy_place) *place = OPEN(file);
  cy_err *err = cy_place_key(place, entry_at(place, 1), &a.ask, &key);
  assert_int_equal(a.asked, asked);
  if (code)
    fails_with(err, code);
  else
    fine(err);
  if (!code)
    assert_true(key->len > 30);
}

static void passwords_of_keys(void **state)
{
  (void)state;
  opens_with("a.sealed.key", "secret", CY_OK, 1);
  opens_with("a.sealed.key", "wrong", CY_E_CRYPTO_WRONG_PASSWORD, 3);
  opens_with("a.sealed.key", NULL, CY_E_STORE_PASSWORD_NEEDED, 1);
  opens_with("rsa.trad.key", "secret", CY_OK, 1);
  opens_with("rsa.trad.key", "wrong", CY_E_CRYPTO_WRONG_PASSWORD, 3);
  opens_with("rsa.trad.key", NULL, CY_E_STORE_PASSWORD_NEEDED, 1);
  opens_with("rsa.old.key", NULL, CY_OK, 0);
}

static void a_key_goes_in_sealed(void **state)
{
  (void)state;
  CY_CLEAN(cy_buf) have;
  const cy_secret *was, *is;
  asker a = ASKER("secret");
  CY_AUTO(cy_place) *from = OPEN("a.key");
  CY_AUTO(cy_place) *place = OPEN("root.pem");
  fine(cy_place_put(place, entry_at(from, 1), false));
  written(&have, place, "secret");
  CY_AUTO(cy_place) *again = open_bytes(cy_buf_get(&have));
  holds(again, "I:Root?");
  fine(cy_place_key(again, entry_at(again, 1), &a.ask, &is));
  fine(cy_place_key(from, entry_at(from, 1), NULL, &was));
  assert_true(cy_span_equal(cy_secret_get(was), cy_secret_get(is)));
}

/* What is wrong is said, with the line. */

static void broken(const char *text, cy_err_code code, const char *says)
{
  cy_place *place;
  cy_err *err = try_place(&place, cy_span_str(text), "x.pem", NULL);
  bool said = false;
  for (const cy_err *e = err; e; e = cy_err_cause(e))
    said = said || strstr(cy_err_text(e), says);
  if (!said)
    fail_msg("%s is not said of %s", says, text);
  fails_with(err, code);
}

static void broken_blocks(void **state)
{
  (void)state;
  broken("\n-----BEGIN CERTIFICATE-----\nAAAA\n", CY_E_MALFORMED, "line 2");
  broken("-----BEGIN CERTIFICATE-----\nA!AA\n-----END CERTIFICATE-----\n", CY_E_BASE64, "line 1");
  broken("-----BEGIN PRIVATE KEY-----\nMAA=\n-----END PRIVATE KEY-----\n", CY_E_KEY_MALFORMED, "none");
  broken("-----BEGIN TRUSTED CERTIFICATE-----\nMII=\n-----END TRUSTED CERTIFICATE-----\n", CY_E_MALFORMED,
    "line 1");
  broken("", CY_E_STORE_NOT_RECOGNISED, "empty");
}

/* Every second one is looked up and taken away. */
static void a_hundred_thousand(void **state)
{
  (void)state;
  enum { COUNT = 100000 };
  CY_CLEAN(cy_buf) text = CY_BUF_STORE;
  CY_CLEAN(cy_buf) block = CY_BUF_STORE;
  cy_entry *entry;
  char label[40];
  add_file(&block, "b.pem");
  add_file(&text, "mid.pem");
  for (int i = 0; i < COUNT; i++) {
    cy_buf_printf(&text, "Bag Attributes\n    friendlyName: entry %d\n", i);
    cy_buf_span(&text, cy_buf_get(&block));
  }
  add_file(&text, "b.key");
  CY_AUTO(cy_place) *place = open_bytes(cy_buf_get(&text));
  assert_int_equal(cy_place_count(place), COUNT);
  for (int i = 1; i < COUNT; i += 2) {
    snprintf(label, sizeof label, "entry %d", i);
    fine(find_label(place, label, &entry));
    assert_int_equal(entry->position, i); /* the first is with the key, at the end */
    fine(cy_place_remove(place, entry));
  }
  for (int i = 1; i < COUNT; i += 2) {
    snprintf(label, sizeof label, "entry %d", i);
    fine(cy_doc_find_label(cy_place_doc(place), label, &entry));
    assert_null(entry);
  }
  assert_int_equal(cy_place_count(place), COUNT / 2);
}

/* A key, its certificate and a copy of the CA's for each of them; or the CA's only once. */
static void many_identities(const char *ca, int count, const char *key, const char *cert)
{
  CY_CLEAN(cy_buf) text = CY_BUF_STORE;
  CY_CLEAN(cy_buf) one;
  COMPOSE(&one, cert, key, ca);
  for (int i = 0; i < count; i++)
    cy_buf_span(&text, cy_buf_get(&one));
  CY_AUTO(cy_place) *place = open_bytes(cy_buf_get(&text));
  assert_true(cy_place_count(place) > 0);
  assert_int_equal(entry_at(place, 1)->cert_count, 2);
}

static void many_keys(void **state)
{
  (void)state;
  many_identities("mid.pem", 4000, "b.key", "b.pem");
  many_identities("mid.pem", 4000, "b.sealed.key", "b.pem");
}

int main(void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(every_kind_of_block),
    cmocka_unit_test(old_words_for_blocks),
    cmocka_unit_test(pairs_interleaved),
    cmocka_unit_test(pairs_every_algorithm),
    cmocka_unit_test(a_key_without_its_certificate),
    cmocka_unit_test(a_chain_that_two_share),
    cmocka_unit_test(each_takes_its_own_copy),
    cmocka_unit_test(a_ca_with_its_key_is_in_chains_too),
    cmocka_unit_test(issuers_of_one_name),
    cmocka_unit_test(a_sealed_key_and_what_is_beside),
    cmocka_unit_test(parameters_go_with_their_key),
    cmocka_unit_test(what_openssl_says_of_a_block),
    cmocka_unit_test(names_in_the_text_before),
    cmocka_unit_test(nul_bytes),
    cmocka_unit_test(comments_above_a_block),
    cmocka_unit_test(put_goes_last),
    cmocka_unit_test(replace_stays_in_its_place),
    cmocka_unit_test(replace_in_a_shared_chain),
    cmocka_unit_test(a_certificate_comes_and_the_key_stays),
    cmocka_unit_test(a_new_passphrase_touches_the_key_alone),
    cmocka_unit_test(any_mixture_keeps_its_bytes),
    cmocka_unit_test(passwords_of_keys),
    cmocka_unit_test(a_key_goes_in_sealed),
    cmocka_unit_test(broken_blocks),
    cmocka_unit_test(a_hundred_thousand),
    cmocka_unit_test(many_keys),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
