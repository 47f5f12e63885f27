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

/** Changes that hold tokens of which there is no other copy. */
interface KeepRequest {
  /** The document as we hold it, lease included. */
  readonly leased: GrantRecord;
  readonly request: RefreshRequest;
  readonly changes: GrantChanges;
}

/** What became of fresh tokens when they met the store. */
interface SaveRequest extends Omit<KeepRequest, 'changes'> {
  readonly grant: TokenGrant;
  /** Told once, at the first refusal of the store: callers are served from memory while the write is repeated. */
  readonly unsaved: (record: RecordWithToken) => void;
}

/**
 * Brings the tokens of a successful refresh into the store. The old refresh token is spent, so this does not give up easily: conflicts are
 * decided anew on a fresh read, and a store that is away is asked again for minutes while the tokens serve from memory.
 */
export class TokenWriter {
  readonly #deps: RefreshDeps;

  constructor(deps: RefreshDeps) {
    this.#deps = deps;
  }

  /** @returns the saved (or adopted) record, or `decide_again` when the grant was ended or replaced meanwhile */
  async run(save: SaveRequest): Promise<RecordWithToken | 'decide_again'> {
    const { leased, grant, request, unsaved } = save;
    const changes = changesAfterGrant(leased, grant, request.client.defaultLifetimeSeconds);
    const inMemory = (): RecordWithToken => ({
      ...leased,
      ...(changes as Partial<GrantRecord>),
      accessToken: changes.accessToken ?? '',
    });
    const saved = await this.#write({ leased, request, changes }, () => unsaved(inMemory()));
    if (saved === 'decide_again') return saved;
    return saved === undefined ? inMemory() : this.#saved(saved, request);
  }

  /** Tokens that came without one to send; the lease stays. @returns the document to go on with, or `decide_again` as above */
  async keep(keep: KeepRequest): Promise<GrantRecord | 'decide_again'> {
    return (await this.#write(keep, () => undefined)) ?? keep.leased;
  }

  /** @returns `undefined` when the store refused for as long as tokens are offered to it */
  async #write(
    save: KeepRequest,
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
          this.#complete(changes, save.request),
        );
        if (saved !== undefined) return saved;
        const current = await this.#deps.store.read(save.request.key);
        if (!this.#supersedes(current, save)) return this.#superseded(current, changes, save);
        if (wasTakenOver(current, save.leased)) {
          // Somebody may have presented the token we spent: if the provider ended the grant for it, the truth is that an answer came too late.
          changes = { ...changes, lastError: { code: RESPONSE_LOST, at: new Date(clock.now()) } };
        }
        base = current;
      } catch (error) {
        if (!(error instanceof SavedObjectError)) throw error;
        const bare = error.code === 'invalid_attributes' ? withoutDetails(changes) : undefined;
        if (bare !== undefined) {
          changes = bare;
          continue;
        }
        failures += 1;
        if (failures === 1) {
          onRefusal();
          this.#emit('refresh_unsaved', save.request);
        }
        if (clock.monotonic() > giveUpAt) return undefined;
        // Nothing moves the beat now but this write, so it is tried several times in the life of the lease.
        const maxMs = Math.min(MAX_BACKOFF_MS, timings.leaseTtlMs / 4);
        await clock.sleep(Math.min(maxMs, INITIAL_BACKOFF_MS * 2 ** Math.min(failures, 10)));
      }
    }
  }

  /** A shared token may be asked for by a connector that was edited since. A person's is due for keep-alive by what its provider tolerates. */
  #complete(changes: GrantChanges, { key, client }: RefreshRequest): GrantChanges {
    if (key.scope === 'shared') return { ...changes, clientFingerprint: client.fingerprint };
    const { issuedAt } = changes;
    return issuedAt === undefined
      ? changes
      : { ...changes, keepAliveAt: keepAliveDate(key, issuedAt, client.idleLimitDays) };
  }

  async #saved(saved: GrantRecord, request: RefreshRequest): Promise<RecordWithToken> {
    await this.#deps.problems.clear(request.connector);
    this.#emit('refreshed', request);
    return { ...saved, accessToken: saved.accessToken ?? '' };
  }

  /** Whether our tokens still are the newest: the same grant, and its refresh token still the one we spent. */
  #supersedes(current: GrantRecord | undefined, save: KeepRequest): current is GrantRecord {
    if (
      current === undefined ||
      current.generation !== save.leased.generation ||
      !isUsable(current)
    )
      return false;
    if (save.request.key.scope === 'shared')
      return current.refresh?.owner === save.leased.refresh?.owner;
    return hashOf(current.refreshToken) === hashOf(save.leased.refreshToken);
  }

  /**
   * The grant has ended or was replaced meanwhile: the late tokens must be revoked as well, at once
   * or with the grant that replaced it. If another process refreshed it, its tokens are used.
   */
  async #superseded(
    current: GrantRecord | undefined,
    changes: GrantChanges,
    save: KeepRequest,
  ): Promise<'decide_again'> {
    const { generation, account } = save.leased;
    const isFinished = current === undefined || !isUsable(current);
    if (isFinished || current.generation !== generation) {
      this.#emit('late_result_discarded', save.request);
      const { accessToken, refreshToken } = changes;
      const late = { generation, accountId: account?.id, accessToken, refreshToken };
      await this.#deps.revokeOrphanedTokens(save.request, late);
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

/** Tokens without what a provider says about them, should that be what the store refuses. `undefined`: there is nothing more to leave out. */
function withoutDetails(changes: GrantChanges): GrantChanges | undefined {
  if (!('scopes' in changes) && !('account' in changes)) return undefined;
  const { scopes: _scopes, account: _account, ...bare } = changes;
  return bare;
}

/** Whether another process holds, or held, the lease since we took it. */
function wasTakenOver(current: GrantRecord, leased: GrantRecord): boolean {
  return current.refresh?.owner !== leased.refresh?.owner;
}

function hashOf(token: string | undefined): string | undefined {
  return token === undefined ? undefined : tokenFingerprint(token);
}
