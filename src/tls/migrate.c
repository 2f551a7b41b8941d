/* The order of changes at which nothing breaks. */
#include "tls/migrate.h"

#include "base/mem.h"

/* The sides as they are at this moment of the plan, one for each class. */
typedef struct {
  cy_tls_migration *out;
  cy_tls_side **sides[2];
  cy_tls_terms **terms[2];
  bool *done[2];
  uint16_t version;
} plan;

static void step_clear(cy_tls_migration_step *step)
{
  cy_tls_side_free(step->after);
  cy_tls_side_free(step->tried[0]);
  cy_tls_side_free(step->tried[1]);
}

void cy_tls_migration_clear(cy_tls_migration *migration)
{
  for (size_t i = 0; i < migration->count; i++)
    step_clear(&migration->steps[i]);
  cy_free(migration->steps);
  cy_tls_table_free(migration->table);
  *migration = (cy_tls_migration){0};
}

static unsigned from_on(uint16_t version)
{
  unsigned set = 0;
  for (unsigned v = version; v <= CY_TLS13; v++)
    set |= CY_TLS_BIT(v);
  return set;
}

static bool is_able(const cy_tls_terms *terms, uint16_t version)
{
  return terms->dialect->known_versions & CY_TLS_BIT(version);
}

/* Suites of TLS 1.3 that were switched off with the version come back as the library has them. */
static void learn(cy_tls_side *side, const cy_tls_terms *terms, uint16_t version)
{
  side->versions = terms->versions | CY_TLS_BIT(version);
  if (version >= CY_TLS13 && side->suites13.set && side->suites13.count == 0)
    cy_codes_clear(&side->suites13);
  if (!side->demand_versions && !side->demand_suites.set)
    return;
  side->demand_versions |= CY_TLS_BIT(version);
  cy_codes_clear(&side->demand_suites);
}

/* A server's channel decides by its demand: the list of its queue manager also serves other channels. */
static bool demand_decides(const cy_tls_side *side, cy_tls_role role)
{
  return role == CY_TLS_SERVER && side->demand_versions;
}

static void forget(cy_tls_side *side, const cy_tls_terms *terms, uint16_t version)
{
  unsigned set = from_on(version);
  if (!demand_decides(side, terms->role))
    side->versions = terms->versions & set;
  if (side->demand_versions)
    side->demand_versions &= set;
}

static bool is_there(const plan *p, const cy_tls_terms *terms, bool only)
{
  const cy_tls_side *side = terms->side;
  unsigned set = from_on(p->version);
  bool demands = side->demand_versions && !(side->demand_versions & CY_TLS_BIT(p->version));
  bool old = !demand_decides(side, terms->role) && (terms->versions & ~set);
  if (side->clear)
    return true;
  if (only)
    return !old && !(side->demand_versions & ~set);
  return (terms->versions & CY_TLS_BIT(p->version)) && !demands;
}

/* Whether all pairs of this class that connect now would with `terms`; notes the first that would not. */
static cy_err *holds(bool *all, plan *p, cy_tls_migration_step *step, const cy_tls_terms *terms)
{
  const cy_tls_table *table = p->out->table;
  cy_tls_role other = step->role == CY_TLS_CLIENT ? CY_TLS_SERVER : CY_TLS_CLIENT;
  *all = true;
  for (size_t i = 0; i < table->ends[other].classes && *all; i++) {
    size_t c = step->role == CY_TLS_CLIENT ? step->which : i,
           s = step->role == CY_TLS_CLIENT ? i : step->which;
    const cy_tls_terms *client = step->role == CY_TLS_CLIENT ? terms : p->terms[CY_TLS_CLIENT][i];
    const cy_tls_terms *server = step->role == CY_TLS_CLIENT ? p->terms[CY_TLS_SERVER][i] : terms;
    if (!cy_tls_table_cell(table, c, s)->agrees)
      continue;
    CY_TRY(cy_tls_predict(&step->broken, client, server, &p->out->table->verdicts));
    step->client = c;
    step->server = s;
    *all = step->broken.agrees;
  }
  return NULL;
}

static cy_err *keep_step(plan *p, const cy_tls_migration_step *step)
{
  cy_tls_migration *out = p->out;
  if (!cy_grow(&out->steps, &out->cap, out->count + 1, sizeof *out->steps))
    return cy_err_no_memory();
  out->steps[out->count] = *step;
  cy_tls_migration_step *kept = &out->steps[out->count];
  kept->after = kept->tried[0] = kept->tried[1] = NULL;
  out->count++;
  return NULL;
}

/* The step is taken: this is how the side is from now on. */
static cy_err *take(plan *p, const cy_tls_migration_step *step, cy_tls_side **side, cy_tls_terms **terms)
{
  CY_TRY(keep_step(p, step));
  CY_TRY(cy_tls_side_copy(&p->out->steps[p->out->count - 1].after, *side));
  cy_tls_terms_free(p->terms[step->role][step->which]);
  cy_tls_side_free(p->sides[step->role][step->which]);
  p->terms[step->role][step->which] = *terms;
  p->sides[step->role][step->which] = *side;
  *terms = NULL;
  *side = NULL;
  return NULL;
}

static cy_err *keep_blocked(plan *p, cy_tls_migration_step *step, const cy_tls_side *side)
{
  CY_TRY(keep_step(p, step));
  p->out->blocked++;
  cy_tls_migration_step *kept = &p->out->steps[p->out->count - 1];
  for (int e = 0; e < 2; e++) {
    const cy_tls_side *as =
      (int)step->role == e ? side : p->sides[e][e == CY_TLS_CLIENT ? step->client : step->server];
    CY_TRY(cy_tls_side_copy(&kept->tried[e], as));
  }
  return NULL;
}

/* Tries a step; `last` keeps it as blocked when it breaks something. */
static cy_err *try_step(plan *p, cy_tls_role role, size_t which, bool only, bool last, bool *taken)
{
  CY_AUTO(cy_tls_side) *side = NULL;
  CY_AUTO(cy_tls_terms) *terms = NULL;
  const cy_tls_terms *now = p->terms[role][which];
  cy_tls_migration_step step = {.role = role, .which = which, .only = only};
  *taken = false;
  CY_TRY(cy_tls_side_copy(&side, now->side));
  if (only)
    forget(side, now, p->version);
  else
    learn(side, now, p->version);
  CY_TRY(cy_tls_terms_new(&terms, side, role));
  CY_TRY(holds(taken, p, &step, terms));
  if (*taken)
    return take(p, &step, &side, &terms);
  return last ? keep_blocked(p, &step, side) : NULL;
}

static cy_err *note_unable(plan *p, cy_tls_role role, size_t which)
{
  cy_tls_migration_step step = {.role = role, .which = which, .unable = true};
  CY_TRY(keep_step(p, &step));
  p->out->blocked++;
  return NULL;
}

/* One round over all that are left; servers first, since a client must not ask for what no server takes. */
static cy_err *round_of(plan *p, bool only, bool last, bool *moved)
{
  *moved = false;
  for (int role = CY_TLS_SERVER; role >= CY_TLS_CLIENT; role--)
    for (size_t i = 0; i < p->out->table->ends[role].classes; i++) {
      bool taken;
      if (p->done[role][i])
        continue;
      CY_TRY(try_step(p, (cy_tls_role)role, i, only, last, &taken));
      p->done[role][i] = taken;
      *moved |= taken;
    }
  return NULL;
}

static cy_err *phase(plan *p, bool only)
{
  bool moved = true;
  for (int role = 0; role < 2; role++)
    for (size_t i = 0; i < p->out->table->ends[role].classes; i++) {
      bool able = is_able(p->terms[role][i], p->version);
      p->done[role][i] = !able || is_there(p, p->terms[role][i], only);
      if (!able && !only && !p->terms[role][i]->side->clear)
        CY_TRY(note_unable(p, (cy_tls_role)role, i));
    }
  while (moved)
    CY_TRY(round_of(p, only, false, &moved));
  /* Who can not learn is why others can not forget: the cause is told, not what follows. */
  return only && p->out->blocked ? NULL : round_of(p, only, true, &moved);
}

static cy_err *begin(plan *p)
{
  for (int role = 0; role < 2; role++) {
    const cy_tls_party *party = &p->out->table->ends[role];
    p->sides[role] = cy_calloc(party->classes + 1, sizeof(cy_tls_side *));
    p->terms[role] = cy_calloc(party->classes + 1, sizeof(cy_tls_terms *));
    p->done[role] = cy_calloc(party->classes + 1, sizeof *p->done[role]);
    if (!p->sides[role] || !p->terms[role] || !p->done[role])
      return cy_err_no_memory();
    for (size_t i = 0; i < party->classes; i++) {
      CY_TRY(cy_tls_side_copy(&p->sides[role][i], party->sides[party->firsts[i]]));
      CY_TRY(cy_tls_terms_new(&p->terms[role][i], p->sides[role][i], (cy_tls_role)role));
    }
  }
  return NULL;
}

static void end(plan *p)
{
  for (int role = 0; role < 2; role++) {
    for (size_t i = 0; p->sides[role] && p->terms[role] && i < p->out->table->ends[role].classes; i++) {
      cy_tls_terms_free(p->terms[role][i]);
      cy_tls_side_free(p->sides[role][i]);
    }
    cy_free(p->sides[role]);
    cy_free(p->terms[role]);
    cy_free(p->done[role]);
  }
}

cy_err *cy_tls_migrate(
  cy_tls_migration *out, const cy_tls_sides *clients, const cy_tls_sides *servers, uint16_t version)
{
  plan p = {.out = out, .version = version};
  *out = (cy_tls_migration){0};
  CY_TRY(cy_tls_table_new(&out->table, clients, servers));
  for (size_t c = 0; c < out->table->ends[0].classes; c++)
    for (size_t s = 0; s < out->table->ends[1].classes; s++)
      out->broken += !cy_tls_table_cell(out->table, c, s)->agrees;
  cy_err *err = begin(&p);
  if (!err)
    err = phase(&p, false);
  if (!err)
    err = phase(&p, true);
  end(&p);
  return err;
}
