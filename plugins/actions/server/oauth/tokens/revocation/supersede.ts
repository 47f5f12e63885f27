import type { Clock } from '@latchkey/core/server';
import type { GrantRecord } from '../grants/grant_record.ts';
import { type ClientResolver, canRevoke } from './client_resolver.ts';
import type { GrantRevoker } from './grant_revoker.ts';
import { planSuperseded, type Successor, type SupersededPlan } from './superseded_grants.ts';

/**
 * Handles the tokens that a new grant overwrites. They are never dropped: they are revoked once the
 * new grant is stored, or kept with it and revoked when it ends. Call this before the new grant is
 * written, and store `kept` with it. `isQueued`: the outbox has work once the new grant is stored.
 */
export async function supersede(
  {
    grantRevoker,
    clientResolver,
    clock,
  }: {
    readonly grantRevoker: GrantRevoker;
    readonly clientResolver: ClientResolver;
    readonly clock: Clock;
  },
  previous: GrantRecord | undefined,
  successor: Successor,
): Promise<{ readonly kept: SupersededPlan['kept']; readonly isQueued: boolean }> {
  if (previous === undefined) return { kept: [], isQueued: false };
  const { kept, revokedNow } = planSuperseded(previous, successor, clock.now());
  if (kept.length + revokedNow.length === 0) return { kept, isQueued: false };
  const isSameClient = previous.clientFingerprint === successor.client.fingerprint;
  const revocationClient = isSameClient ? successor.client : await clientResolver.resolve(previous);
  const isQueued = await grantRevoker.queueTokens(previous, revocationClient, revokedNow);
  if (!isQueued) grantRevoker.emitUnrevocable(previous.key, revokedNow);
  if (revocationClient !== undefined && canRevoke(revocationClient)) return { kept, isQueued };
  // These tokens can never be revoked, so they are not kept.
  grantRevoker.emitUnrevocable(previous.key, kept);
  return { kept: [], isQueued };
}
