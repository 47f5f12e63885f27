import { dialectOf } from '@latchkey/oauth-client';
import type { GrantRecord, GrantRevoker, RevocationClient, UsableGrants } from '../tokens/index.ts';
import type { RevocationJob } from './revocation_job.ts';

/** Milliseconds that a client once looked up serves its grants; its secret may be replaced meanwhile. */
const CLIENT_TTL_MS = 60_000;
const MAX_CLIENTS = 200;
/** Clocks of servers may differ by minutes: what a person who is gone authorized through one that is ahead is no grant of after. */
const MAX_CLOCK_DIFFERENCE_MS = 10 * 60_000;

/** Whether a person may still use connectors of a space. */
export type HasAccess = (profileUid: string, spaceId: string) => Promise<boolean>;

/** What {@link RevocationSelector} works with. */
export interface RevocationSelectorDeps {
  readonly grantRevoker: Pick<GrantRevoker, 'resolveRevocationClient' | 'presentClient'>;
  readonly hasAccess: HasAccess;
  readonly nowMs: () => number;
}

/** Decides which grants a run ends, and who can revoke them. Remembers the clients of the connectors it met lately; memory is bounded. */
export class RevocationSelector {
  readonly #run: RevocationJob;
  readonly #client: RevocationClient | undefined;
  readonly #deps: RevocationSelectorDeps;
  readonly #known = new Map<
    string,
    { readonly client: RevocationClient; readonly untilMs: number }
  >();

  /** @param client of the run itself, when it follows an edit or a deletion */
  constructor(
    run: RevocationJob,
    client: RevocationClient | undefined,
    deps: RevocationSelectorDeps,
  ) {
    this.#run = run;
    this.#client = client;
    this.#deps = deps;
  }

  /** What a search can narrow down to; the rest is decided grant by grant. */
  get selection(): UsableGrants {
    return selectionOf(this.#run);
  }

  /** Asked of a grant as it is stored now. */
  async includes(record: GrantRecord): Promise<boolean> {
    const { scope, provider, reason } = this.#run;
    if (!(await this.#isOfBefore(record))) return false;
    if (reason === 'access_lost') return !(await this.#hasAccess(record));
    if (scope !== 'provider') return true;
    const client = await this.resolveRevocationClient(record);
    return (
      client !== undefined && dialectOf(client.configuration).providerNames.includes(provider ?? '')
    );
  }

  /** The client that made a grant; `undefined`: nobody knows it. */
  async resolveRevocationClient(record: GrantRecord): Promise<RevocationClient | undefined> {
    if (this.#client?.fingerprint === record.clientFingerprint) return this.#client;
    const name = JSON.stringify([record.key.connectorId, record.clientFingerprint]);
    const known = this.#known.get(name);
    const now = this.#deps.nowMs();
    if (known !== undefined && known.untilMs > now) return known.client;
    const client = await this.#deps.grantRevoker.resolveRevocationClient(record);
    if (client === undefined) return undefined;
    if (this.#known.size >= MAX_CLIENTS) this.#known.clear();
    this.#known.set(name, { client, untilMs: now + CLIENT_TTL_MS });
    return client;
  }

  /**
   * Grants made since the run began are spared. After an edit or a deletion, one that the connector's present client did not make is not, whatever the
   * clock of the server that stored it said: nobody can use it.
   */
  async #isOfBefore(record: GrantRecord): Promise<boolean> {
    const { fingerprint } = this.#run;
    const until = authorizedUntilOf(this.#run);
    if (until === undefined) return false;
    const follows = followsConnector(this.#run);
    if (follows === 'edit' && record.clientFingerprint !== fingerprint) return false;
    const authorizedAt = record.authorizedAt ?? record.createdAt;
    if (authorizedAt <= until) return true;
    if (follows === undefined) return false;
    const present = await this.#deps.grantRevoker.presentClient(record);
    return present?.fingerprint !== record.clientFingerprint;
  }

  async #hasAccess({ key, spaceId }: GrantRecord): Promise<boolean> {
    return key.scope === 'shared' || this.#deps.hasAccess(key.profileUid, spaceId);
  }
}

function selectionOf(run: RevocationJob): UsableGrants {
  const { connectorId, profileUid, fingerprint } = run;
  switch (followsConnector(run)) {
    case 'edit':
      return { connectorId, clientFingerprint: fingerprint };
    case 'deletion':
      return { connectorId };
    default:
      return { connectorId, profileUid, authorizedUntil: authorizedUntilOf(run) };
  }
}

/** What the run follows, when that tells which grants nobody can use any more; `undefined`: only their date does. */
function followsConnector({ reason, fingerprint }: RevocationJob): 'edit' | 'deletion' | undefined {
  if (reason === 'connector_deleted') return 'deletion';
  return reason === 'connector_changed' && fingerprint !== undefined ? 'edit' : undefined;
}

/** Grants of later are spared. `undefined`: the run has not begun. */
function authorizedUntilOf({ reason, startedAt }: RevocationJob): Date | undefined {
  if (startedAt === undefined) return undefined;
  // Better that somebody who is back within minutes authorizes twice than that somebody who is gone keeps a grant.
  const isOrphaned = reason === 'user_removed' || reason === 'access_lost';
  const slackMs = isOrphaned ? MAX_CLOCK_DIFFERENCE_MS : 0;
  return new Date(Date.parse(startedAt) + slackMs);
}
