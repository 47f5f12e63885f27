import type { Clock } from '@latchkey/core/server';
import type { OAuthClientConfiguration, RevocationOutcome } from '@latchkey/oauth-client';
import {
  filter,
  type SavedObject,
  SavedObjectError,
  type SavedObjectsRepository,
} from '@latchkey/saved-objects';
import type { GrantClients } from '../../types.ts';
import type { GrantEvents } from './grant_events.ts';
import { type GrantKey, grantId } from './grant_key.ts';
import { type GrantRecord, isUsable } from './grant_record.ts';
import type { GrantStore } from './grant_store.ts';
import {
  OAUTH_REVOCATION_TYPE,
  type RevocableGrant,
  type RevocationAttributes,
  type TokenToRevoke,
} from './revocation_type.ts';
import { TokenUnavailableError } from './token_errors.ts';

const FIRST_PAUSE_MS = 30_000;
const LONGEST_PAUSE_MS = 60 * 60_000;
/** After this long the provider is given up on and the person is told to revoke there. */
const GIVE_UP_AFTER_MS = 7 * 24 * 60 * 60_000;
/** An entry whose grant is still in use after this long belongs to a disconnect that never finished. */
const ORPHAN_AFTER_MS = 5 * 60_000;
const MOST_TRIES = 20;

/** Tokens on their way to be revoked, and where. */
export interface Revocation {
  readonly key: GrantKey;
  readonly generation: string;
  readonly configuration: OAuthClientConfiguration;
  /** The refresh token first: without it the access token dies anyway. */
  readonly tokens: readonly TokenToRevoke[];
  readonly accountId: string | undefined;
}

/**
 * Revokes ended grants at their providers, as often as it takes. One encrypted document per person and connector holds what is left to do; it is
 * written before the grant stops working here, so a crash in between loses nothing, and it acts only once the grant has stopped working.
 */
export class RevocationOutbox {
  readonly #repository: SavedObjectsRepository;
  readonly #store: GrantStore;
  readonly #clients: GrantClients;
  readonly #events: GrantEvents;
  readonly #clock: Clock;

  constructor(deps: {
    readonly repository: SavedObjectsRepository;
    readonly store: GrantStore;
    readonly clients: GrantClients;
    readonly events: GrantEvents;
    readonly clock: Clock;
  }) {
    this.#repository = deps.repository;
    this.#store = deps.store;
    this.#clients = deps.clients;
    this.#events = deps.events;
    this.#clock = deps.clock;
  }

  /**
   * Records what to revoke. Grants already waiting under the same key stay, each with its own client; two writers that meet keep both.
   * @throws TokenUnavailableError when others keep changing the entry
   */
  async put(revocation: Revocation): Promise<void> {
    const { key, generation, configuration, tokens, accountId } = revocation;
    const id = grantId(key);
    const grant: RevocableGrant = {
      configuration,
      ...(accountId === undefined ? {} : { accountId }),
      tokens: [...tokens],
    };
    const isSuperseded = (other: RevocableGrant) =>
      other.tokens.every(({ token }) => tokens.some((mine) => mine.token === token));
    for (let tries = 0; tries < MOST_TRIES; tries += 1) {
      const waiting = await this.#read(id);
      const kept = (waiting?.attributes.pending ?? []).filter((other) => !isSuperseded(other));
      const now = new Date(this.#clock.now()).toISOString();
      const changes = {
        grantGeneration: generation,
        pending: [grant, ...kept],
        attempts: 0,
        nextAttemptAt: now,
        createdAt: now,
      };
      if (await this.#write(key, waiting, changes)) return;
    }
    throw new TokenUnavailableError(
      'refresh_in_progress',
      'This connection is being changed by others. Try again in a moment.',
    );
  }

  /**
   * A new grant of the same account replaces the ended one: revoking now would end the new one at providers that know one grant per person and
   * client. Grants of another client or account keep waiting.
   */
  async withdraw(
    key: GrantKey,
    replacement: Pick<RevocableGrant, 'configuration' | 'accountId'>,
  ): Promise<void> {
    for (let tries = 0; tries < MOST_TRIES; tries += 1) {
      const waiting = await this.#read(grantId(key));
      if (waiting === undefined) return;
      const left = waiting.attributes.pending.filter((grant) => !isReplaced(grant, replacement));
      if (left.length === waiting.attributes.pending.length) return;
      if (left.length === 0 ? await this.#remove(waiting) : await this.#keep(waiting, left)) return;
    }
  }

  /** Works off everything due, ten at a time. Resolves to how many entries were worked on. */
  async workOff(signal: AbortSignal): Promise<number> {
    let done = 0;
    const due = filter.before('nextAttemptAt', new Date(this.#clock.now()));
    const batches = this.#repository.iterate<RevocationAttributes>({
      type: OAUTH_REVOCATION_TYPE,
      filter: due,
      batchSize: 10,
    });
    for await (const batch of batches) {
      if (signal.aborted) break;
      await Promise.all(batch.map((row) => this.attempt(keyOf(row), signal)));
      done += batch.length;
    }
    return done;
  }

  /** One attempt at one entry; `undefined`: nothing was due. Never reports a provider's failure as an error. */
  async attempt(
    key: GrantKey,
    signal?: AbortSignal,
  ): Promise<'revoked' | 'waiting' | 'given_up' | undefined> {
    const id = grantId(key);
    const claimed = await this.#claim(id, key);
    if (claimed === undefined) return undefined;
    const left: RevocableGrant[] = [];
    let best: RevocationOutcome = 'unsupported';
    for (const grant of claimed.attributes.pending) {
      const client = this.#clients.forConfiguration(grant.configuration);
      const again: TokenToRevoke[] = [];
      for (const token of grant.tokens) {
        const outcome = await client.revoke(token.token, token.kind, signal);
        this.#emit(key, token, outcome);
        if (outcome === 'failed_transient') again.push(token);
        if (outcome === 'revoked' || best === 'unsupported') best = outcome;
      }
      if (again.length > 0) left.push({ ...grant, tokens: again });
    }
    const age = this.#clock.now() - Date.parse(claimed.attributes.createdAt);
    if (left.length > 0 && age < GIVE_UP_AFTER_MS) {
      // When more was added meanwhile, that entry stands: revoking a token twice does no harm (RFC 7009 §2.2).
      await this.#keep(claimed, left);
      return 'waiting';
    }
    await this.#remove(claimed);
    const revoked = best === 'revoked' && left.length === 0;
    await this.#closeGrant(
      key,
      claimed.attributes.grantGeneration,
      revoked ? undefined : failureCode(best),
    );
    return revoked ? 'revoked' : 'given_up';
  }

  /** Takes an entry by compare-and-set, so that two processes do not both work on it. */
  async #claim(id: string, key: GrantKey): Promise<SavedObject<RevocationAttributes> | undefined> {
    const row = await this.#read(id);
    if (row === undefined || Date.parse(row.attributes.nextAttemptAt) > this.#clock.now())
      return undefined;
    if (!(await this.#hasStopped(key, row))) return undefined;
    const attempts = row.attributes.attempts + 1;
    const pause = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.min(attempts - 1, 10));
    try {
      return await this.#repository.update<RevocationAttributes>(
        OAUTH_REVOCATION_TYPE,
        id,
        { attempts, nextAttemptAt: new Date(this.#clock.now() + pause).toISOString() },
        { version: row.version, visibleToSearch: false },
      );
    } catch (error) {
      if (isLostRace(error)) return undefined;
      throw error;
    }
  }

  /** Revoking a grant that still works here would be a disconnect nobody finished asking for. */
  async #hasStopped(key: GrantKey, row: SavedObject<RevocationAttributes>): Promise<boolean> {
    const grant = await this.#readGrant(key);
    const works =
      grant !== undefined && isUsable(grant) && grant.generation === row.attributes.grantGeneration;
    if (works && this.#clock.now() - Date.parse(row.attributes.createdAt) > ORPHAN_AFTER_MS)
      await this.#remove(row);
    return !works;
  }

  /** `false`: the entry is no longer the one that was read. */
  async #write(
    key: GrantKey,
    waiting: SavedObject<RevocationAttributes> | undefined,
    changes: Omit<RevocationAttributes, 'connectorId' | 'profileUid'>,
  ): Promise<boolean> {
    const id = grantId(key);
    try {
      if (waiting === undefined) {
        const { connectorId } = key;
        const owner = key.scope === 'per-user' ? { profileUid: key.profileUid } : {};
        const attributes: RevocationAttributes = { connectorId, ...owner, ...changes };
        await this.#repository.create(OAUTH_REVOCATION_TYPE, attributes, {
          id,
          visibleToSearch: false,
        });
      } else {
        await this.#repository.update<RevocationAttributes>(OAUTH_REVOCATION_TYPE, id, changes, {
          version: waiting.version,
          visibleToSearch: false,
        });
      }
      return true;
    } catch (error) {
      if (isLostRace(error)) return false;
      throw error;
    }
  }

  /** Leaves only these grants in the entry. `false`: it changed meanwhile. */
  async #keep(
    { id, version }: SavedObject<RevocationAttributes>,
    pending: RevocableGrant[],
  ): Promise<boolean> {
    try {
      await this.#repository.update<RevocationAttributes>(
        OAUTH_REVOCATION_TYPE,
        id,
        { pending },
        { version, visibleToSearch: false },
      );
      return true;
    } catch (error) {
      if (isLostRace(error)) return false;
      throw error;
    }
  }

  /** The grant's document has served its purpose, unless a new grant took its place or there is bad news to tell. */
  async #closeGrant(key: GrantKey, generation: string, failure: string | undefined): Promise<void> {
    for (let tries = 0; tries < 5; tries += 1) {
      const grant = await this.#readGrant(key);
      if (grant?.state !== 'revocation_pending' || grant.generation !== generation) return;
      const now = new Date(this.#clock.now());
      const closed =
        failure === undefined
          ? await this.#store.delete(grant)
          : await this.#store.compareAndSet(grant, {
              state: 'ended',
              stateSince: now,
              lastError: { code: failure, at: now },
            });
      if (closed) return;
    }
  }

  async #readGrant(key: GrantKey): Promise<GrantRecord | undefined> {
    try {
      return await this.#store.read(key);
    } catch (error) {
      if (error instanceof SavedObjectError && error.code === 'undecryptable') return undefined;
      throw error;
    }
  }

  async #read(id: string): Promise<SavedObject<RevocationAttributes> | undefined> {
    return this.#repository.getIfExists<RevocationAttributes>(OAUTH_REVOCATION_TYPE, id, {
      decrypt: true,
    });
  }

  /** `false`: the entry changed meanwhile, or is gone. */
  async #remove(row: SavedObject<RevocationAttributes>): Promise<boolean> {
    try {
      await this.#repository.delete(OAUTH_REVOCATION_TYPE, row.id, {
        version: row.version,
        visibleToSearch: false,
      });
      return true;
    } catch (error) {
      if (isLostRace(error)) return false;
      throw error;
    }
  }

  #emit(key: GrantKey, token: TokenToRevoke, outcome: RevocationOutcome): void {
    this.#events.emit({
      type: 'revoked',
      connectorId: key.connectorId,
      profileUid: key.scope === 'per-user' ? key.profileUid : undefined,
      outcome,
      tokenKind: token.kind,
    });
  }
}

function keyOf(row: SavedObject<RevocationAttributes>): GrantKey {
  const { connectorId, profileUid } = row.attributes;
  return profileUid === undefined
    ? { scope: 'shared', connectorId }
    : { scope: 'per-user', connectorId, profileUid };
}

/** Same client and, as far as both are known, same account. */
function isReplaced(
  waiting: RevocableGrant,
  by: Pick<RevocableGrant, 'configuration' | 'accountId'>,
): boolean {
  if (clientOf(waiting.configuration) !== clientOf(by.configuration)) return false;
  return (
    waiting.accountId === undefined ||
    by.accountId === undefined ||
    waiting.accountId === by.accountId
  );
}

/** Who the provider knows the grant's client as. */
function clientOf(configuration: OAuthClientConfiguration): string {
  return configuration.dialect === 'ears'
    ? JSON.stringify([configuration.baseUrl, configuration.provider])
    : JSON.stringify([configuration.tokenEndpoint, configuration.clientId]);
}

function failureCode(outcome: RevocationOutcome): string {
  return outcome === 'unsupported' ? 'revocation_unsupported' : 'revocation_failed';
}

function isLostRace(error: unknown): boolean {
  return (
    error instanceof SavedObjectError && (error.code === 'conflict' || error.code === 'not_found')
  );
}
