import type { Clock, Principal } from '@latchkey/core/server';
import type { GrantSite } from '@latchkey/oauth-providers';
import { CONFLICT, retryConflicts } from '@latchkey/saved-objects';
import type { GrantEvents } from './grants/grant_events.ts';
import type { GrantKey } from './grants/grant_key.ts';
import { isUsable } from './grants/grant_record.ts';
import type { GrantStore } from './grants/grant_store.ts';
import { needsSite } from './grants/stored_facts.ts';
import { GRANT_RETRIES } from './grants/token_errors.ts';
import type { GrantRevoker } from './revocation/grant_revoker.ts';

/** The sites that a grant covers. */
export interface GrantSites {
  /** Empty: no grant is in use, or its provider has no sites. */
  readonly sites: readonly GrantSite[];
  /** Id of the chosen site. `undefined`: no site is chosen. */
  readonly siteId: string | undefined;
}

type Owner = Omit<Extract<GrantKey, { scope: 'per-user' }>, 'scope'>;

/** Lists and chooses the sites of users' grants. */
export class SiteService {
  readonly #store: GrantStore;
  readonly #grantRevoker: Pick<GrantRevoker, 'readOrClear'>;
  readonly #events: GrantEvents;
  readonly #clock: Pick<Clock, 'now'>;

  constructor(deps: {
    readonly store: GrantStore;
    readonly grantRevoker: Pick<GrantRevoker, 'readOrClear'>;
    readonly events: GrantEvents;
    readonly clock: Pick<Clock, 'now'>;
  }) {
    this.#store = deps.store;
    this.#grantRevoker = deps.grantRevoker;
    this.#events = deps.events;
    this.#clock = deps.clock;
  }

  /** Reads the sites of a user's grant from its current document. */
  async of(owner: Owner): Promise<GrantSites> {
    const record = await this.#grantRevoker.readOrClear({ scope: 'per-user', ...owner });
    if (record === undefined || !isUsable(record)) return { sites: [], siteId: undefined };
    return { sites: record.facts?.sites ?? [], siteId: record.facts?.siteId };
  }

  /**
   * Chooses the site to which later calls are sent. Does not change the tokens. The first choice
   * makes the connection usable, so its status begins then.
   * @returns the site. `undefined`: the grant in use does not cover it
   */
  choose(owner: Owner, siteId: string, actor: Principal): Promise<GrantSite | undefined> {
    const key: GrantKey = { scope: 'per-user', ...owner };
    return retryConflicts(async () => {
      const record = await this.#grantRevoker.readOrClear(key);
      const { facts } = record ?? {};
      const site = facts?.sites?.find(({ id }) => id === siteId);
      if (record === undefined || facts === undefined || site === undefined || !isUsable(record))
        return undefined;
      if (facts.siteId === siteId) return site;
      const saved = await this.#store.compareAndSet(record, {
        facts: { ...facts, siteId },
        ...(needsSite(facts) ? { stateSince: new Date(this.#clock.now()) } : {}),
      });
      if (saved === undefined) return CONFLICT;
      this.#events.emit({ type: 'site_chosen', ...owner, actor, siteId });
      return site;
    }, GRANT_RETRIES);
  }
}
