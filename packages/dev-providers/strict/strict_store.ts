import { type Adapter, type AdapterPayload, errors } from 'oidc-provider';

interface Entry {
  readonly model: string;
  readonly payload: AdapterPayload;
  readonly expiresAtMs: number;
}

const GRANTABLE = new Set(['AccessToken', 'AuthorizationCode', 'RefreshToken']);
const SWEEP_EVERY = 20_000;

/** Selects tokens; every given field must match. */
export interface StrictFilter {
  readonly account?: string | undefined;
  readonly clientId?: string | undefined;
}

const nowSeconds = (): number => Math.floor(Date.now() / 1000);

/**
 * State of the authorization server. Entries are kept until they expire. The default memory adapter
 * keeps only the last 1,000 entries and would lose active grants in a load test.
 */
export class StrictStore {
  readonly #entries = new Map<string, Entry>();
  readonly #members = new Map<string, Set<string>>();
  readonly #revoked = new Set<string>();
  #writes = 0;

  /** Returns the adapter of a model, for `configuration.adapter`. */
  adapterFor(model: string): Adapter {
    const key = (id: string) => `${model}:${id}`;
    return {
      upsert: async (id, payload, expiresIn) => this.#put(model, key(id), payload, expiresIn),
      find: async (id) => this.#get(key(id)),
      findByUid: async (uid) => this.#search(model, (payload) => payload.uid === uid),
      findByUserCode: async (userCode) =>
        this.#search(model, (payload) => payload.userCode === userCode),
      destroy: async (id) => {
        this.#entries.delete(key(id));
      },
      revokeByGrantId: async (grantId) => this.#revokeGrant(grantId),
      consume: async (id) => this.#consume(key(id)),
    };
  }

  /**
   * Removes matching access tokens, as if they had expired.
   * @returns the number of removed tokens
   */
  expireAccessTokens(filter: StrictFilter): number {
    const tokens = this.#matching('AccessToken', filter);
    for (const [key] of tokens) this.#entries.delete(key);
    return tokens.length;
  }

  /**
   * Removes one access token.
   * @param isIt returns `true` for the id of the token, which is the token itself
   * @returns `false` when there is no such token
   */
  expireAccessToken(isIt: (token: string) => boolean): boolean {
    const found = this.#matching('AccessToken', {}).find(([key]) =>
      isIt(key.slice('AccessToken:'.length)),
    );
    return found !== undefined && this.#entries.delete(found[0]);
  }

  /** Returns the ids of grants with an unused refresh token. */
  liveGrantIds(filter: StrictFilter): Set<string> {
    const live = this.#matching('RefreshToken', filter).filter(
      ([, { payload }]) => payload.consumed === undefined,
    );
    return new Set(live.flatMap(([, { payload }]) => payload.grantId ?? []));
  }

  /**
   * Ends matching grants with all their tokens.
   * @returns the number of grants that were active
   */
  revokeGrants(filter: StrictFilter): number {
    const grantIds = this.liveGrantIds(filter);
    for (const grantId of grantIds) this.#revokeGrant(grantId);
    return grantIds.size;
  }

  #matching(model: string, filter: StrictFilter): [string, Entry][] {
    return [...this.#entries].filter(
      ([, { model: kind, payload, expiresAtMs }]) =>
        kind === model &&
        expiresAtMs > Date.now() &&
        (filter.account === undefined || payload.accountId === filter.account) &&
        (filter.clientId === undefined || payload.clientId === filter.clientId),
    );
  }

  #put(model: string, key: string, payload: AdapterPayload, expiresIn: number | undefined): void {
    const { grantId } = payload;
    if (grantId !== undefined && GRANTABLE.has(model)) {
      // A refresh that was still running when its grant ended must not restore the grant.
      if (this.#revoked.has(grantId)) return;
      const members = this.#members.get(grantId) ?? new Set();
      this.#members.set(grantId, members.add(key));
    }
    const expiresAtMs = expiresIn === undefined ? Infinity : Date.now() + expiresIn * 1000;
    this.#entries.set(key, { model, payload, expiresAtMs });
    this.#writes += 1;
    if (this.#writes % SWEEP_EVERY === 0) this.#sweep();
  }

  #get(key: string): AdapterPayload | undefined {
    const entry = this.#entries.get(key);
    return entry !== undefined && entry.expiresAtMs > Date.now() ? entry.payload : undefined;
  }

  #search(
    model: string,
    matches: (payload: AdapterPayload) => boolean,
  ): AdapterPayload | undefined {
    for (const entry of this.#entries.values()) {
      const isLive = entry.model === model && entry.expiresAtMs > Date.now();
      if (isLive && matches(entry.payload)) return entry.payload;
    }
    return undefined;
  }

  /**
   * Marks a token as used. The server checks and marks a token in two steps, so two concurrent
   * requests could both pass the check. The mark decides: the second request reused the token, and
   * the grant ends.
   */
  #consume(key: string): void {
    const payload = this.#get(key);
    if (payload === undefined) throw new errors.InvalidGrant('token not found');
    if (payload.consumed !== undefined) {
      if (payload.grantId !== undefined) this.#revokeGrant(payload.grantId);
      throw new errors.InvalidGrant('token already used');
    }
    payload.consumed = nowSeconds();
  }

  #revokeGrant(grantId: string): void {
    this.#revoked.add(grantId);
    for (const key of this.#members.get(grantId) ?? []) this.#entries.delete(key);
    this.#members.delete(grantId);
    this.#entries.delete(`Grant:${grantId}`);
  }

  #sweep(): void {
    const nowMs = Date.now();
    for (const [key, { payload, expiresAtMs }] of this.#entries) {
      if (expiresAtMs > nowMs) continue;
      this.#entries.delete(key);
      if (payload.grantId !== undefined) this.#members.get(payload.grantId)?.delete(key);
    }
  }
}
