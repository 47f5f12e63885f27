import { createLruCache } from '@latchkey/core/server';
import { dialectOf } from '@latchkey/oauth-client';
import { needsAnotherKey } from '@latchkey/saved-objects';
import type {
  ClientResolver,
  GrantRecord,
  GrantStore,
  RevocationClient,
  UsableGrants,
} from '../tokens/index.ts';
import type { RevocationJob } from './revocation_job.ts';

/** Time for which a client is cached, in milliseconds. Limited, because its secret may change. */
const CLIENT_TTL_MS = 60_000;
const MAX_CLIENTS = 200;
/**
 * Maximum clock skew between servers, in milliseconds. A grant whose date comes from a server with
 * a clock that is ahead must not escape the revocation for a removed user.
 */
const MAX_CLOCK_DIFFERENCE_MS = 10 * 60_000;

/** Resolves to `true` if the user may still use connectors of the space. */
export type HasAccess = (profileUid: string, spaceId: string) => Promise<boolean>;

/** Dependencies of {@link RevocationSelector}. */
export interface RevocationSelectorDeps {
  readonly clientResolver: ClientResolver;
  readonly hasAccess: HasAccess;
  readonly nowMs: () => number;
}

/**
 * Selects the grants that a job ends, and finds the client that can revoke each of them. Caches the
 * clients of a bounded number of connectors.
 */
export class RevocationSelector {
  readonly #job: RevocationJob;
  readonly #client: RevocationClient | undefined;
  readonly #deps: RevocationSelectorDeps;
  readonly #known = createLruCache<
    string,
    { readonly client: RevocationClient; readonly untilMs: number }
  >(MAX_CLIENTS);

  /**
   * @param client client that is stored in the job of an edit or a deletion. `undefined`: none is
   * stored
   */
  constructor(
    job: RevocationJob,
    client: RevocationClient | undefined,
    deps: RevocationSelectorDeps,
  ) {
    this.#job = job;
    this.#client = client;
    this.#deps = deps;
  }

  /**
   * The part of the selection that a search can express. {@link matches} decides about each grant.
   */
  get selection(): UsableGrants {
    return selectionOf(this.#job);
  }

  /**
   * Returns `true` if the job ends this grant.
   * @param record the grant as it is stored now
   */
  async matches(record: GrantRecord): Promise<boolean> {
    return (await this.#isCovered(record)) && (await this.isInScope(record));
  }

  /**
   * The part of {@link matches} that no search can express: whether the grant belongs to the
   * provider of the job, or to a space that its owner may no longer use. `true` for other jobs.
   * Does not use dates, so it can be called before the coverage of the job is known.
   */
  async isInScope(record: GrantRecord): Promise<boolean> {
    const { scope, provider, reason } = this.#job;
    if (reason === 'access_lost') return !(await this.#hasAccess(record));
    if (scope !== 'provider') return true;
    const client = await this.resolveClient(record);
    return (
      client !== undefined && dialectOf(client.configuration).providerNames.includes(provider ?? '')
    );
  }

  /** Returns the client that obtained a grant. `undefined`: the client is unknown. */
  async resolveClient(record: GrantRecord): Promise<RevocationClient | undefined> {
    if (this.#client?.fingerprint === record.clientFingerprint) return this.#client;
    const name = JSON.stringify([record.key.connectorId, record.clientFingerprint]);
    const known = this.#known.get(name);
    const now = this.#deps.nowMs();
    if (known !== undefined && known.untilMs > now) return known.client;
    const client = await this.#deps.clientResolver.resolve(record);
    if (client === undefined) return undefined;
    this.#known.set(name, { client, untilMs: now + CLIENT_TTL_MS });
    return client;
  }

  /**
   * Returns `false` for grants that are dated after the coverage of the job. After an edit or a
   * deletion of the connector, a later grant is selected too, unless it belongs to the current
   * client: it cannot be used.
   */
  async #isCovered(record: GrantRecord): Promise<boolean> {
    const { fingerprint } = this.#job;
    const until = authorizedUntilOf(this.#job);
    if (until === undefined) return false;
    const change = connectorChangeOf(this.#job);
    if (change === 'edit' && record.clientFingerprint !== fingerprint) return false;
    // As in the search, grants of older versions have no date and are covered.
    if (record.authorizedAt === undefined || record.authorizedAt <= until) return true;
    if (change === undefined) return false;
    const present = await this.#deps.clientResolver.current(record);
    return present?.fingerprint !== record.clientFingerprint;
  }

  async #hasAccess({ key, spaceId }: GrantRecord): Promise<boolean> {
    return key.scope === 'shared' || this.#deps.hasAccess(key.profileUid, spaceId);
  }
}

function selectionOf(job: RevocationJob): UsableGrants {
  const { connectorId, profileUid, fingerprint } = job;
  switch (connectorChangeOf(job)) {
    case 'edit':
      return { connectorId, clientFingerprint: fingerprint };
    case 'deletion':
      return { connectorId };
    default:
      return { connectorId, profileUid, authorizedUntil: authorizedUntilOf(job) };
  }
}

/**
 * Returns the change of the connector that makes all grants of the old client unusable.
 * `undefined`: there was no such change, so only the date of the authorization selects grants.
 */
function connectorChangeOf({
  reason,
  fingerprint,
}: RevocationJob): 'edit' | 'deletion' | undefined {
  if (reason === 'connector_deleted') return 'deletion';
  return reason === 'connector_changed' && fingerprint !== undefined ? 'edit' : undefined;
}

/**
 * Returns the coverage of a job that starts now. It includes every grant of the job that exists
 * now, even if its date is later than the start because it comes from a server whose clock is
 * ahead.
 * @param job `usable`: the grants of the job, as far as a search can select them. `selector`:
 * decides which of these the job is for. A grant whose client needs a key that this server lacks
 * counts, because it may be one of them. Default: the search selects exactly the grants of the job
 */
export async function coverageOf(
  grants: Pick<GrantStore, 'latestAuthorization'>,
  job: {
    readonly usable: UsableGrants;
    readonly startedAt: string;
    readonly selector?: Pick<RevocationSelector, 'isInScope'> | undefined;
  },
): Promise<{ readonly coversUntil: string }> {
  const { usable, startedAt, selector } = job;
  const isCounted = selector && ((record: GrantRecord) => mayBeInScope(selector, record));
  const latest = await grants.latestAuthorization(usable, new Date(startedAt), isCounted);
  return { coversUntil: latest.toISOString() };
}

async function mayBeInScope(
  selector: Pick<RevocationSelector, 'isInScope'>,
  record: GrantRecord,
): Promise<boolean> {
  try {
    return await selector.isInScope(record);
  } catch (error) {
    if (needsAnotherKey(error)) return true;
    throw error;
  }
}

/**
 * Returns the instant after which grants are not selected. `undefined`: the job has not started.
 */
function authorizedUntilOf({ reason, startedAt, coversUntil }: RevocationJob): Date | undefined {
  if (startedAt === undefined) return undefined;
  // A removed user must not keep a grant because of clock skew. The price is that a user who is
  // restored within minutes may have to authorize twice.
  const isOrphaned = reason === 'user_removed' || reason === 'access_lost';
  const slackMs = isOrphaned ? MAX_CLOCK_DIFFERENCE_MS : 0;
  const untilMs = Math.max(Date.parse(startedAt) + slackMs, Date.parse(coversUntil ?? startedAt));
  return new Date(untilMs);
}
