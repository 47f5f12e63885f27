import type { Clock, Logger } from '@latchkey/core/server';
import {
  CONFLICT,
  isSavedObjectError,
  needsAnotherKey,
  retryConflicts,
} from '@latchkey/saved-objects';
import { backoffMs } from '@latchkey/saved-objects/coordination';
import type { GrantKey } from '../grants/grant_key.ts';
import { type GrantRecord, isUsable } from '../grants/grant_record.ts';
import type { GrantStore } from '../grants/grant_store.ts';
import type { OrphanedTokens, RefreshRequest } from '../refresh/refresh_request.ts';
import { GRANT_RETRIES } from '../token_errors.ts';
import type { BackgroundRevocations } from './background_revocations.ts';
import type { RevocationClient } from './client_resolver.ts';
import type { Revocation } from './pending_revocations.ts';
import type { RevocationOutbox } from './revocation_outbox.ts';
import { isOfAnotherAccount, planAdded, tokensOf } from './superseded_grants.ts';

const BACKOFF = { initialMs: 100, maxMs: 5_000 };

export interface RevokeOrphanedTokensDeps {
  readonly store: Pick<GrantStore, 'read' | 'compareAndSet'>;
  readonly outbox: Pick<RevocationOutbox, 'put' | 'putAll' | 'attempt'>;
  readonly background: Pick<BackgroundRevocations, 'run'>;
  readonly clock: Clock;
  readonly logger: Logger;
  /** How long writing the tokens to the outbox is retried, in milliseconds. */
  readonly saveMs: number;
}

/** Orphaned tokens, and the grant they belonged to. */
export type RevokeOrphanedTokensRequest = readonly [
  grant: Pick<RefreshRequest, 'key' | 'connector'> & {
    readonly client: Pick<RefreshRequest['client'], 'fingerprint' | 'configuration'>;
  },
  tokens: OrphanedTokens,
];

/**
 * Revokes tokens that arrived after their grant had ended or had been replaced. No other copy
 * exists, so a store that is down is retried for minutes. Resolves after the first attempt. Never
 * throws.
 */
export async function revokeOrphanedTokens(
  deps: RevokeOrphanedTokensDeps,
  ...[{ key, client, connector }, tokens]: RevokeOrphanedTokensRequest
): Promise<void> {
  const orphaned = {
    client,
    revocation: { ...revocationOf(key, client, tokens), spaceId: connector.spaceId },
  };
  const failure = await put(deps, orphaned);
  deps.background.run(async (signal) => {
    const last = failure && (await putWithRetry(deps, orphaned, signal));
    if (last === undefined) return deps.outbox.attempt(key, signal);
    deps.logger.error(
      `Tokens of an ended grant of connector [${connector.id}] could not be queued for revocation and stay valid; revoke them at the provider`,
      { error: last.error },
    );
    return undefined;
  });
}

interface OrphanedRevocation {
  readonly client: RevocationClient;
  readonly revocation: Revocation;
}

interface Failure {
  readonly error: unknown;
}

/** Writes the tokens to their new place. `undefined`: they are stored. */
async function put(
  deps: RevokeOrphanedTokensDeps,
  orphaned: OrphanedRevocation,
): Promise<Failure | undefined> {
  try {
    if (!(await keepWithSuccessor(deps, orphaned))) await deps.outbox.put(orphaned.revocation);
    return undefined;
  } catch (error) {
    return { error };
  }
}

/**
 * Adds the tokens to the grant that replaced theirs, if it has the same client, like other
 * superseded tokens. `false`: there is no such grant, or it is known to belong to another account.
 */
async function keepWithSuccessor(
  { store, outbox }: RevokeOrphanedTokensDeps,
  { client, revocation }: OrphanedRevocation,
): Promise<boolean> {
  const { key, generation, accountId, tokens } = revocation;
  return retryConflicts(async () => {
    const current = await readIfReadable(store, key);
    if (current === undefined || !isUsable(current) || current.generation === generation)
      return false;
    if (current.clientFingerprint !== client.fingerprint) return false;
    if (isOfAnotherAccount({ accountId }, current.account?.id)) return false;
    const orphaned = { ...(accountId === undefined ? {} : { accountId }), tokens: [...tokens] };
    const { kept, revokedNow } = planAdded(current, orphaned, client);
    await outbox.putAll(
      key,
      revokedNow.map((earlier) => ({ ...revocation, ...earlier })),
    );
    const isKept = await store.compareAndSet(current, { supersededGrants: kept });
    return isKept === undefined ? CONFLICT : true;
  }, GRANT_RETRIES);
}

/** Reads the grant. `undefined`: there is none, or it is corrupt and cannot keep tokens. */
async function readIfReadable(
  store: RevokeOrphanedTokensDeps['store'],
  key: GrantKey,
): Promise<GrantRecord | undefined> {
  try {
    return await store.read(key);
  } catch (error) {
    if (isSavedObjectError(error, 'undecryptable') && !needsAnotherKey(error)) return undefined;
    throw error;
  }
}

/** Retries with the same backoff and deadline as saving refreshed tokens. */
async function putWithRetry(
  deps: RevokeOrphanedTokensDeps,
  orphaned: OrphanedRevocation,
  signal: AbortSignal,
): Promise<Failure | undefined> {
  const { clock, saveMs } = deps;
  const giveUpAt = clock.monotonic() + saveMs;
  for (let failures = 1; ; failures += 1) {
    await clock.sleep(backoffMs(BACKOFF, failures), signal).catch(() => undefined);
    const failure = await put(deps, orphaned);
    if (failure === undefined || signal.aborted || clock.monotonic() > giveUpAt) return failure;
  }
}

function revocationOf(
  key: GrantKey,
  { configuration }: Pick<RefreshRequest['client'], 'configuration'>,
  { generation, accountId, ...tokens }: OrphanedTokens,
): Revocation {
  return { key, generation, configuration, tokens: tokensOf(tokens), accountId };
}
