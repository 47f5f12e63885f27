import type { TokenGrant } from '@latchkey/oauth-client';
import { SavedObjectError } from '@latchkey/saved-objects';
import {
  type GrantChanges,
  type GrantRecord,
  isUsable,
  tokenFingerprint,
} from '../grants/grant_record.ts';
import { keepAliveDate } from '../grants/keep_alive_date.ts';
import { changesAfterGrant, RESPONSE_LOST } from './refresh_outcome.ts';
import type { RecordWithToken, RefreshDeps, RefreshRequest } from './refresh_request.ts';

const INITIAL_BACKOFF_MS = 50;
const MAX_BACKOFF_MS = 5_000;

/** A write of tokens that exist nowhere else. */
interface WriteRequest {
  /** The record with the lease that this process holds. */
  readonly leased: GrantRecord;
  readonly request: RefreshRequest;
  readonly changes: GrantChanges;
}

/** A write of refreshed tokens. */
interface SaveRequest extends Omit<WriteRequest, 'changes'> {
  readonly grant: TokenGrant;
  /**
   * Called once, when the store refuses the first write. Callers are served from memory while the
   * write is repeated.
   */
  readonly unsaved: (record: RecordWithToken) => void;
}

/**
 * Saves the tokens of a successful refresh. The old refresh token is spent, so it does not give up
 * early: after a conflict it reads the record again and decides anew. A store that cannot be
 * reached is retried for minutes while callers are served from memory.
 */
export class TokenWriter {
  readonly #deps: RefreshDeps;

  constructor(deps: RefreshDeps) {
    this.#deps = deps;
  }

  /**
   * Saves the tokens of a refresh.
   * @returns the saved record, the tokens in memory when the store refused them for too long, or
   *   `decide_again` when the grant has ended, was replaced or was refreshed meanwhile
   */
  async save(save: SaveRequest): Promise<RecordWithToken | 'decide_again'> {
    const { leased, grant, request, unsaved } = save;
    const changes = changesAfterGrant(leased, grant, request.client.defaultLifetimeSeconds);
    const inMemory = (): RecordWithToken => ({
      ...leased,
      ...(changes as Partial<GrantRecord>),
      accessToken: changes.accessToken ?? '',
    });
    const saved = await this.#write({ leased, request, changes }, () => unsaved(inMemory()));
    if (saved === 'decide_again') return saved;
    return saved === undefined ? inMemory() : this.#afterSave(saved, request);
  }

  /**
   * Saves a new refresh token that came without a usable access token. The lease is kept.
   * @returns the record to continue with, or `decide_again` as above
   */
  async saveRotatedToken(keep: WriteRequest): Promise<GrantRecord | 'decide_again'> {
    return (await this.#write(keep, () => undefined)) ?? keep.leased;
  }

  /** @returns `undefined` when the store refused the tokens until the deadline */
  async #write(
    save: WriteRequest,
    onRefusal: () => void,
  ): Promise<GrantRecord | 'decide_again' | undefined> {
    const { clock, timings } = this.#deps;
    let { changes } = save;
    const giveUpAt = clock.monotonic() + timings.saveMs;
    let base = save.leased;
    for (let failures = 0; ; ) {
      try {
        const saved = await this.#deps.store.compareAndSet(
          base,
          this.#withDerivedFields(changes, save.request),
        );
        if (saved !== undefined) return saved;
        const current = await this.#deps.store.read(save.request.key);
        if (!this.#isStillNewest(current, save)) return this.#onSuperseded(current, changes, save);
        if (wasTakenOver(current, save.leased)) {
          // Another process may have sent the refresh token that this process spent. If the
          // provider ended the grant because of that, the true cause is a lost response.
          changes = { ...changes, lastError: { code: RESPONSE_LOST, at: new Date(clock.now()) } };
        }
        base = current;
      } catch (error) {
        if (!(error instanceof SavedObjectError)) throw error;
        const withoutOptional =
          error.code === 'invalid_attributes' ? withoutDetails(changes) : undefined;
        if (withoutOptional !== undefined) {
          changes = withoutOptional;
          continue;
        }
        failures += 1;
        if (failures === 1) {
          onRefusal();
          this.#emit('refresh_unsaved', save.request);
        }
        if (clock.monotonic() > giveUpAt) return undefined;
        // The heartbeat has stopped, and only this write renews the lease. It is repeated several
        // times per lifetime of the lease.
        const maxMs = Math.min(MAX_BACKOFF_MS, timings.leaseTtlMs / 4);
        await clock.sleep(Math.min(maxMs, INITIAL_BACKOFF_MS * 2 ** Math.min(failures, 10)));
      }
    }
  }

  /**
   * Adds the fields that depend on the request. A shared token gets the fingerprint of the client,
   * because the connector may have been edited since. A token of a user gets its keep-alive date,
   * which depends on the idle limit of the provider.
   */
  #withDerivedFields(changes: GrantChanges, { key, client }: RefreshRequest): GrantChanges {
    if (key.scope === 'shared') return { ...changes, clientFingerprint: client.fingerprint };
    const { issuedAt } = changes;
    return issuedAt === undefined
      ? changes
      : { ...changes, keepAliveAt: keepAliveDate(key, issuedAt, client.idleLimitDays) };
  }

  async #afterSave(saved: GrantRecord, request: RefreshRequest): Promise<RecordWithToken> {
    await this.#deps.health.clear(request.connector);
    this.#emit('refreshed', request);
    return { ...saved, accessToken: saved.accessToken ?? '' };
  }

  /**
   * Tells if the tokens in hand are still the newest: the grant is the same, and its refresh token
   * is the one that was spent.
   */
  #isStillNewest(current: GrantRecord | undefined, save: WriteRequest): current is GrantRecord {
    if (
      current === undefined ||
      current.generation !== save.leased.generation ||
      !isUsable(current)
    )
      return false;
    if (save.request.key.scope === 'shared')
      return current.refresh?.owner === save.leased.refresh?.owner;
    return fingerprintOf(current.refreshToken) === fingerprintOf(save.leased.refreshToken);
  }

  /**
   * Revokes the tokens in hand if the grant has ended or was replaced meanwhile: at once, or
   * together with the grant that replaced it. If another process refreshed the grant, that
   * process's tokens are used.
   */
  async #onSuperseded(
    current: GrantRecord | undefined,
    changes: GrantChanges,
    save: WriteRequest,
  ): Promise<'decide_again'> {
    const { generation, account } = save.leased;
    const isFinished = current === undefined || !isUsable(current);
    if (isFinished || current.generation !== generation) {
      this.#emit('late_result_discarded', save.request);
      const { accessToken, refreshToken } = changes;
      const orphaned = { generation, accountId: account?.id, accessToken, refreshToken };
      await this.#deps.revokeOrphanedTokens(save.request, orphaned);
    }
    return 'decide_again';
  }

  #emit(
    type: 'refreshed' | 'refresh_unsaved' | 'late_result_discarded',
    request: RefreshRequest,
  ): void {
    this.#deps.events.emit({
      type,
      connectorId: request.connector.id,
      profileUid: request.key.scope === 'per-user' ? request.key.profileUid : undefined,
    });
  }
}

/**
 * Removes scopes and account, in case the store refuses those. `undefined`: there is nothing left
 * to remove.
 */
function withoutDetails(changes: GrantChanges): GrantChanges | undefined {
  if (!('scopes' in changes) && !('account' in changes)) return undefined;
  const { scopes: _scopes, account: _account, ...remaining } = changes;
  return remaining;
}

/** Tells if another process has taken the lease since this process took it. */
function wasTakenOver(current: GrantRecord, leased: GrantRecord): boolean {
  return current.refresh?.owner !== leased.refresh?.owner;
}

function fingerprintOf(token: string | undefined): string | undefined {
  return token === undefined ? undefined : tokenFingerprint(token);
}
