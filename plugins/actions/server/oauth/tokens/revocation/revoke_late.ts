import type { Clock, Logger } from '@latchkey/core/server';
import type { GrantKey } from '../grants/grant_key.ts';
import type { LateTokens, RefreshRequest } from '../refresh/refresh_request.ts';
import type { BackgroundRevocations } from './background_revocations.ts';
import type { Revocation } from './pending_revocations.ts';
import type { RevocationOutbox } from './revocation_outbox.ts';

const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 5_000;

/** What {@link revokeLate} works with. */
export interface RevokeLateDeps {
  readonly outbox: Pick<RevocationOutbox, 'put' | 'attempt'>;
  readonly background: Pick<BackgroundRevocations, 'run'>;
  readonly clock: Clock;
  readonly logger: Logger;
  /** How long the tokens are offered to a store that refuses them, in milliseconds. */
  readonly saveMs: number;
}

/** Whose tokens, and which. */
export type RevokeLateRequest = readonly [
  grant: Pick<RefreshRequest, 'key' | 'connector'> & {
    readonly client: Pick<RefreshRequest['client'], 'configuration'>;
  },
  tokens: LateTokens,
];

/**
 * Tokens that arrived after their grant had ended or been replaced: they go the way of the grant. Nobody else knows them, so a store that is away is asked again for
 * minutes. Resolves after the first try; never throws.
 */
export async function revokeLate(
  deps: RevokeLateDeps,
  ...[{ key, client, connector }, tokens]: RevokeLateRequest
): Promise<void> {
  const revocation = revocationOf(key, client, tokens);
  const failure = await put(deps, revocation);
  deps.background.run(async (signal) => {
    const last = failure && (await putAgain(deps, revocation, signal));
    if (last === undefined) return deps.outbox.attempt(key, signal);
    deps.logger.error(
      `Late tokens of a grant of connector [${connector.id}] could not be queued for revocation`,
      { error: last.error },
    );
    return undefined;
  });
}

interface Failure {
  readonly error: unknown;
}

/** `undefined`: stored. */
async function put({ outbox }: RevokeLateDeps, late: Revocation): Promise<Failure | undefined> {
  try {
    await outbox.put(late);
    return undefined;
  } catch (error) {
    return { error };
  }
}

/** As long as a refresh offers its tokens, and as often. */
async function putAgain(
  deps: RevokeLateDeps,
  late: Revocation,
  signal: AbortSignal,
): Promise<Failure | undefined> {
  const { clock, saveMs } = deps;
  const giveUpAt = clock.monotonic() + saveMs;
  for (let failures = 1; ; failures += 1) {
    const pauseMs = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.min(failures, 10));
    await clock.sleep(pauseMs, signal).catch(() => undefined);
    const failure = await put(deps, late);
    if (failure === undefined || signal.aborted || clock.monotonic() > giveUpAt) return failure;
  }
}

function revocationOf(
  key: GrantKey,
  { configuration }: Pick<RefreshRequest['client'], 'configuration'>,
  { generation, accountId, accessToken, refreshToken }: LateTokens,
): Revocation {
  const bare = accessToken?.slice(accessToken.indexOf(' ') + 1);
  return {
    key,
    generation,
    configuration,
    tokens: [
      ...(refreshToken === undefined
        ? []
        : [{ token: refreshToken, kind: 'refresh_token' as const }]),
      ...(bare === undefined ? [] : [{ token: bare, kind: 'access_token' as const }]),
    ],
    accountId,
  };
}
