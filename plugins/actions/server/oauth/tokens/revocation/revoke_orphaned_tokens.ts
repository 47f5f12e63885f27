import type { Clock, Logger } from '@latchkey/core/server';
import { needsAnotherKey, SavedObjectError } from '@latchkey/saved-objects';
import type { GrantKey } from '../grants/grant_key.ts';
import { type GrantRecord, isUsable } from '../grants/grant_record.ts';
import type { GrantStore } from '../grants/grant_store.ts';
import type { OrphanedTokens, RefreshRequest } from '../refresh/refresh_request.ts';
import { tooContended } from '../token_errors.ts';
import type { BackgroundRevocations } from './background_revocations.ts';
import type { Revocation } from './pending_revocations.ts';
import type { RevocationClient } from './revocation_job_links.ts';
import type { RevocationOutbox } from './revocation_outbox.ts';
import { isOfAnotherAccount, planAdded, tokensOf } from './superseded_grants.ts';

const INITIAL_BACKOFF_MS = 50;
const MAX_BACKOFF_MS = 5_000;
const MAX_ATTEMPTS = 20;

/** What {@link revokeOrphanedTokens} works with. */
export interface RevokeOrphanedTokensDeps {
  readonly store: Pick<GrantStore, 'read' | 'compareAndSet'>;
  readonly outbox: Pick<RevocationOutbox, 'put' | 'putAll' | 'attempt'>;
  readonly background: Pick<BackgroundRevocations, 'run'>;
  readonly clock: Clock;
  readonly logger: Logger;
  /** How long the tokens are offered to a store that refuses them, in milliseconds. */
  readonly saveMs: number;
}

/** Late tokens, and the grant they belonged to. */
export type RevokeOrphanedTokensRequest = readonly [
  grant: Pick<RefreshRequest, 'key' | 'connector'> & {
    readonly client: Pick<RefreshRequest['client'], 'fingerprint' | 'configuration'>;
  },
  tokens: OrphanedTokens,
];

/**
 * Revokes tokens that arrived after their grant had ended or been replaced. No other copy exists,
 * so a store that is down is retried for minutes. Resolves after the first try; never throws.
 */
export async function revokeOrphanedTokens(
  deps: RevokeOrphanedTokensDeps,
  ...[{ key, client, connector }, tokens]: RevokeOrphanedTokensRequest
): Promise<void> {
  const late = {
    client,
    revocation: { ...revocationOf(key, client, tokens), spaceId: connector.spaceId },
  };
  const failure = await put(deps, late);
  deps.background.run(async (signal) => {
    const last = failure && (await putAgain(deps, late, signal));
    if (last === undefined) return deps.outbox.attempt(key, signal);
    deps.logger.error(
      `Late tokens of a grant of connector [${connector.id}] could not be queued for revocation`,
      { error: last.error },
    );
    return undefined;
  });
}

interface Late {
  readonly client: RevocationClient;
  readonly revocation: Revocation;
}

interface Failure {
  readonly error: unknown;
}

/** `undefined`: stored. */
async function put(deps: RevokeOrphanedTokensDeps, late: Late): Promise<Failure | undefined> {
  try {
    if (!(await keepWithSuccessor(deps, late))) await deps.outbox.put(late.revocation);
    return undefined;
  } catch (error) {
    return { error };
  }
}

/**
 * Their grant was replaced: a new grant of the same client keeps them like other superseded tokens.
 * `false`: there is no such grant, or it is known to belong to another account.
 */
async function keepWithSuccessor(
  { store, outbox }: RevokeOrphanedTokensDeps,
  { client, revocation }: Late,
): Promise<boolean> {
  const { key, generation, accountId, tokens } = revocation;
  for (let tries = 0; tries < MAX_ATTEMPTS; tries += 1) {
    const present = await readIfReadable(store, key);
    if (present === undefined || !isUsable(present) || present.generation === generation)
      return false;
    if (present.clientFingerprint !== client.fingerprint) return false;
    if (isOfAnotherAccount({ accountId }, present.account?.id)) return false;
    const late = { ...(accountId === undefined ? {} : { accountId }), tokens: [...tokens] };
    const { kept, revokedNow } = planAdded(present, late, client);
    await outbox.putAll(
      key,
      revokedNow.map((earlier) => ({ ...revocation, ...earlier })),
    );
    if (await store.compareAndSet(present, { supersededGrants: kept })) return true;
  }
  throw tooContended();
}

/** A damaged row cannot keep tokens. */
async function readIfReadable(
  store: RevokeOrphanedTokensDeps['store'],
  key: GrantKey,
): Promise<GrantRecord | undefined> {
  try {
    return await store.read(key);
  } catch (error) {
    if (
      error instanceof SavedObjectError &&
      error.code === 'undecryptable' &&
      !needsAnotherKey(error)
    )
      return undefined;
    throw error;
  }
}

/** As long as a refresh offers its tokens, and as often. */
async function putAgain(
  deps: RevokeOrphanedTokensDeps,
  late: Late,
  signal: AbortSignal,
): Promise<Failure | undefined> {
  const { clock, saveMs } = deps;
  const giveUpAt = clock.monotonic() + saveMs;
  for (let failures = 1; ; failures += 1) {
    const pauseMs = Math.min(MAX_BACKOFF_MS, INITIAL_BACKOFF_MS * 2 ** Math.min(failures, 10));
    await clock.sleep(pauseMs, signal).catch(() => undefined);
    const failure = await put(deps, late);
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
