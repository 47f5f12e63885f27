import type { TokenGrant } from '@latchkey/oauth-client';
import type { GrantFacts, GrantSite } from '@latchkey/oauth-providers';
import { z } from 'zod';

const name = z.string().min(1).max(100);
const values = z.record(name, z.string().min(1).max(512));
const siteId = z.string().min(1).max(512);

/**
 * Stored form of {@link StoredFacts}, always inside an encrypted attribute: its authentication tag
 * also protects the hosts to which tokens are sent.
 */
export const storedFactsAttributes = z.strictObject({
  /** Generation of the grant. Facts of another one belong to other tokens and are ignored. */
  generation: z.string().min(1).max(64),
  values,
  sites: z
    .array(z.strictObject({ id: siteId, label: z.string().min(1).max(512), facts: values }))
    .max(200)
    .optional(),
  siteId: siteId.optional(),
});
type StoredFactsAttributes = z.infer<typeof storedFactsAttributes>;

/** Grant facts of a stored grant. */
export interface StoredFacts {
  /** Facts of the whole grant, as the provider named them last. */
  readonly values: GrantFacts;
  /** Sites that the grant covers. Absent: the provider has no sites. */
  readonly sites?: readonly GrantSite[] | undefined;
  /** The site that the user has chosen. Absent: none yet. */
  readonly siteId?: string | undefined;
}

/** Maps to the stored form. */
export function factsToStore(
  generation: string,
  { values: known, sites, siteId: chosen }: StoredFacts,
): StoredFactsAttributes {
  return {
    generation,
    values: { ...known },
    ...(sites === undefined
      ? {}
      : { sites: sites.map(({ facts, ...site }) => ({ ...site, facts: { ...facts } })) }),
    ...(chosen === undefined ? {} : { siteId: chosen }),
  };
}

/**
 * Maps from the stored form. `undefined`: there are none, or they belong to another grant. An older
 * build that stores a new grant leaves the facts of the previous one.
 */
export function storedFactsOf(
  generation: string,
  stored: StoredFactsAttributes | undefined,
): StoredFacts | undefined {
  if (stored === undefined || stored.generation !== generation) return undefined;
  const { generation: _, ...facts } = stored;
  return facts;
}

/**
 * Facts after a token response. A refresh response may repeat facts, name some of them, or omit
 * all: the others stay. A value that the entry does not permit was left out by its reader, so the
 * stored one stays too.
 * @param previous facts before a refresh. `undefined`: a new grant, or one without facts
 */
export function factsAfterGrant(
  previous: StoredFacts | undefined,
  { facts, sites }: TokenGrant,
): StoredFacts | undefined {
  if (facts === undefined) return previous;
  const known = sites ?? previous?.sites;
  const [first, ...others] = sites ?? [];
  // With one site there is nothing to choose.
  const chosen = first !== undefined && others.length === 0 ? first.id : previous?.siteId;
  return {
    values: { ...previous?.values, ...facts },
    ...(known === undefined ? {} : { sites: known }),
    ...(chosen === undefined ? {} : { siteId: chosen }),
  };
}

/** Returns `true` if the grant covers sites and the user has to choose one. */
export function needsSite({ sites = [], siteId: chosen }: StoredFacts): boolean {
  return sites.length > 0 && !sites.some(({ id }) => id === chosen);
}

/** Facts for calls, with those of the chosen site. */
export function factsForCalls({
  values: known,
  sites = [],
  siteId: chosen,
}: StoredFacts): GrantFacts {
  return { ...known, ...sites.find(({ id }) => id === chosen)?.facts };
}
