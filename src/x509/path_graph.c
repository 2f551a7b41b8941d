/* The certificates that there are, by name, and who signed whom. */
#include "base/mem.h"
#include "crypto/codes.h"
#include "x509/name.h"
#include "x509/path.h"

bool cy_path_work(cy_path_graph *graph, uint64_t units)
{
  graph->work += units;
  return graph->work <= graph->max_work;
}

static cy_err *add_name(cy_path_graph *graph, cy_path_node *node, size_t index)
{
  CY_CLEAN(cy_buf) key = CY_BUF_TEXT;
  cy_name_canonical(&key, node->view->subject);
  CY_TRY(cy_buf_check(&key));
  node->subject_len = key.len;
  node->subject_key = cy_memdup(key.data ? (const void *)key.data : "", key.len ? key.len : 1);
  CY_TRY_ALLOC(node->subject_key);
  cy_span name = cy_span_of(node->subject_key, node->subject_len);
  size_t first = cy_map_get(&graph->by_subject, name);
  if (first != CY_MAP_NONE) { /* goes behind the first, whose key the map borrows */
    node->next = graph->nodes[first].next;
    graph->nodes[first].next = index;
    return NULL;
  }
  return cy_map_put(&graph->by_subject, name, index) ? NULL : cy_err_no_memory();
}

/* DSA keys that leave their parameters to their issuer are only equal when that one is, too. */
static cy_err *add_key(cy_path_graph *graph, cy_path_node *node, size_t index)
{
  size_t known = cy_map_get(&graph->by_key, node->view->spki);
  node->key = known == CY_MAP_NONE || node->view->key.type == CY_KEY_DSA ? index : known;
  if (known != CY_MAP_NONE || cy_map_put(&graph->by_key, node->view->spki, index))
    return NULL;
  return cy_err_no_memory();
}

static cy_err *add(cy_path_graph *graph, cy_cert *cert, bool trusted, size_t *index)
{
  cy_span der = cy_cert_der(cert);
  size_t known = cy_map_get(&graph->by_der, der);
  if (known != CY_MAP_NONE) {
    graph->nodes[known].trusted = graph->nodes[known].trusted || trusted;
    *index = known;
    return NULL;
  }
  if (!cy_grow(&graph->nodes, &graph->cap, graph->count + 1, sizeof(cy_path_node)))
    return cy_err_no_memory();
  *index = graph->count++;
  cy_path_node *node = &graph->nodes[*index];
  *node = (cy_path_node){
    .cert = cy_cert_ref(cert), .view = cy_cert_get(cert), .trusted = trusted, .next = CY_MAP_NONE};
  if (!cy_map_put(&graph->by_der, cy_cert_der(cert), *index))
    return cy_err_no_memory();
  CY_TRY(add_key(graph, node, *index));
  return add_name(graph, node, *index);
}

static cy_err *add_all(cy_path_graph *graph, const cy_certs *list, bool trusted)
{
  size_t index;
  for (size_t i = 0; list && i < list->count; i++)
    CY_TRY(add(graph, list->items[i], trusted, &index));
  return NULL;
}

/* Lists by issuer: look-ups must not go through all of them. */
static cy_err *add_lists(cy_path_graph *graph, const cy_crls *crls)
{
  if (!crls || !crls->count)
    return NULL;
  graph->crl_next = cy_calloc(crls->count, sizeof(size_t));
  CY_TRY_ALLOC(graph->crl_next);
  for (size_t i = crls->count; i-- > 0;) {
    CY_CLEAN(cy_buf) key = CY_BUF_TEXT;
    cy_name_canonical(&key, cy_crl_get(crls->items[i])->issuer);
    CY_TRY(cy_buf_check(&key));
    graph->crl_next[i] = cy_map_get(&graph->crls_by_issuer, cy_buf_get(&key));
    if (!cy_map_put(&graph->crls_by_issuer, cy_buf_get(&key), i))
      return cy_err_no_memory();
  }
  return NULL;
}

cy_err *cy_path_graph_crls_of(const cy_path_graph *graph, cy_span issuer, size_t *first)
{
  CY_CLEAN(cy_buf) key = CY_BUF_TEXT;
  cy_name_canonical(&key, issuer);
  CY_TRY(cy_buf_check(&key));
  *first = cy_map_get(&graph->crls_by_issuer, cy_buf_get(&key));
  return NULL;
}

cy_err *cy_path_graph_fill(cy_path_graph *graph, const cy_verify_request *request)
{
  cy_map_init(&graph->by_der, false);
  cy_map_init(&graph->by_subject, false);
  cy_map_init(&graph->by_key, false);
  cy_map_init(&graph->signatures, true);
  cy_map_init(&graph->crl_signatures, true);
  cy_map_init(&graph->crls_by_issuer, true);
  CY_TRY(add(graph, request->target, false, &graph->target));
  CY_TRY(add_all(graph, request->anchors, true));
  CY_TRY(add_all(graph, request->untrusted, false));
  return add_lists(graph, request->crls);
}

void cy_path_graph_clear(cy_path_graph *graph)
{
  for (size_t i = 0; i < graph->count; i++) {
    cy_free(graph->nodes[i].subject_key);
    cy_cert_free(graph->nodes[i].cert);
  }
  cy_free(graph->nodes);
  cy_map_clear(&graph->by_der);
  cy_map_clear(&graph->by_subject);
  cy_map_clear(&graph->by_key);
  cy_map_clear(&graph->signatures);
  cy_map_clear(&graph->crl_signatures);
  cy_map_clear(&graph->crls_by_issuer);
  cy_free(graph->crl_next);
  *graph = (cy_path_graph){0};
}

cy_err *cy_path_graph_by_name(const cy_path_graph *graph, cy_span name, size_t *first)
{
  CY_CLEAN(cy_buf) key = CY_BUF_TEXT;
  cy_name_canonical(&key, name);
  CY_TRY(cy_buf_check(&key));
  *first = cy_map_get(&graph->by_subject, cy_buf_get(&key));
  return NULL;
}

/* A DSA key may leave its parameters to its issuer's key (RFC 3279 2.3.2). */
static cy_err *inherited(const cy_path_graph *graph, const cy_cert_view *issuer, cy_span *params)
{
  size_t i;
  *params = CY_SPAN_NONE;
  if (issuer->key.type != CY_KEY_DSA || issuer->key.params.len > 2)
    return NULL;
  CY_TRY(cy_path_graph_by_name(graph, issuer->issuer, &i));
  for (; i != CY_MAP_NONE && !params->len; i = graph->nodes[i].next) {
    const cy_key_info *key = &graph->nodes[i].view->key;
    if (key->type == CY_KEY_DSA && key->params.len > 2)
      *params = key->params;
  }
  return NULL;
}

/* Roughly what OpenSSL takes, in units; the curves that it has no fast code for are slow. */
static uint64_t signature_work(const cy_key_info *key, size_t data)
{
  uint64_t size = key->bits / 1024 + 1, units = UINT64_C(8) * CY_WORK_SIGNATURE;
  if (key->type == CY_KEY_RSA || key->type == CY_KEY_RSA_PSS)
    units = CY_WORK_SIGNATURE / 4 * size * size * (key->exponent.len / 4 + 1);
  else if (key->type == CY_KEY_ED25519 || key->curve == CY_OID_P256)
    units = CY_WORK_SIGNATURE * 3 / 2;
  return units + data / 32;
}

static cy_err *ask(cy_path_graph *graph, const cy_cert_view *issuer, cy_span algid, cy_span data,
  cy_span signature, cy_sig *out)
{
  bool good = false;
  cy_span params;
  graph->work += signature_work(&issuer->key, data.len);
  graph->signature_count++;
  if (issuer->key_error != CY_OK) {
    *out = CY_SIG_KEY;
    return NULL;
  }
  CY_TRY(inherited(graph, issuer, &params));
  cy_err *err = cy_signature_check_inherited(&good, issuer->spki, params, algid, data, signature);
  *out = good ? CY_SIG_GOOD : CY_SIG_BAD;
  if (!err)
    return NULL;
  if (cy_err_is(err, CY_E_NO_MEMORY) || cy_err_is(err, CY_E_BUG))
    return err;
  *out = cy_err_is(err, CY_E_CRYPTO_UNSUPPORTED) || cy_err_is(err, CY_E_CRYPTO_UNAVAILABLE)
           ? CY_SIG_UNSUPPORTED
           : CY_SIG_KEY;
  cy_err_free(err);
  return NULL;
}

/* Of what a listing tells, the names decide: they were looked up by them. */
cy_err *cy_path_graph_signed(cy_path_graph *graph, size_t cert, size_t issuer, cy_sig *out)
{
  if (graph->nodes[cert].view->stand_in || graph->nodes[issuer].view->stand_in) {
    *out = CY_SIG_GOOD;
    return NULL;
  }
  size_t pair[2] = {cert, graph->nodes[issuer].key};
  cy_span key = cy_span_of(pair, sizeof pair);
  size_t known = cy_map_get(&graph->signatures, key);
  if (known != CY_MAP_NONE) {
    *out = (cy_sig)known;
    return NULL;
  }
  const cy_cert_view *v = graph->nodes[cert].view;
  CY_TRY(ask(graph, graph->nodes[issuer].view, v->algid, v->tbs, v->signature, out));
  return cy_map_put(&graph->signatures, key, *out) ? NULL : cy_err_no_memory();
}

cy_err *cy_path_graph_crl_signed(
  cy_path_graph *graph, const cy_crl *crl, const cy_cert_view *issuer, cy_sig *out)
{
  const void *pair[2] = {crl, issuer};
  cy_span key = cy_span_of(pair, sizeof pair);
  if (issuer->stand_in) {
    *out = CY_SIG_GOOD;
    return NULL;
  }
  size_t known = cy_map_get(&graph->crl_signatures, key);
  if (known != CY_MAP_NONE) {
    *out = (cy_sig)known;
    return NULL;
  }
  const cy_crl_view *v = cy_crl_get(crl);
  CY_TRY(ask(graph, issuer, v->algid, v->tbs, v->signature, out));
  return cy_map_put(&graph->crl_signatures, key, *out) ? NULL : cy_err_no_memory();
}
