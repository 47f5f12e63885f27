import type { TokenGrant } from '@latchkey/oauth-client';
import type { GrantFacts, GrantSite } from '@latchkey/oauth-providers';
import { z } from 'zod';

const name = z.string().min(1).max(100);
const values = z.record(name, z.string().min(1).max(512));
const siteId = z.string().min(1).max(512);

/**
 * Stored form of {@link StoredFacts}. It is always in an encrypted attribute, so that the hosts to
 * which tokens are sent cannot be changed in the store.
 */
export const storedFactsAttributes = z.strictObject({
  /**
   * Generation of the grant. Facts of another generation belong to other tokens and are ignored.
   */
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
  /** Facts of the whole grant, from the latest response of the provider that named any. */
  readonly values: GrantFacts;
  /** Sites that the grant covers. Absent: the provider has no sites. */
  readonly sites?: readonly GrantSite[] | undefined;
  /** Id of the site that the user has chosen. Absent: no site is chosen. */
  readonly siteId?: string | undefined;
}

/** Maps grant facts to their stored form. */
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
 * Maps the stored form to grant facts. `undefined`: there are none, or they belong to another
 * generation. An older version that stores a new grant leaves the facts of the previous one.
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
 * Returns the grant facts after a token response. The response of a refresh may contain all facts,
 * some or none; the others stay. The reader of the response omits values that the provider
 * definition does not permit, so stored values stay in this case too.
 * @param previous facts before a refresh. `undefined`: the grant is new, or has no facts
 */
export function factsAfterGrant(
  previous: StoredFacts | undefined,
  { facts, sites }: TokenGrant,
): StoredFacts | undefined {
  if (facts === undefined) return previous;
  const known = sites ?? previous?.sites;
  const [first, ...others] = sites ?? [];
  // A single site is chosen automatically.
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

/** Returns the facts that calls use, including those of the chosen site. */
export function factsForCalls({
  values: known,
  sites = [],
  siteId: chosen,
}: StoredFacts): GrantFacts {
  return { ...known, ...sites.find(({ id }) => id === chosen)?.facts };
}
