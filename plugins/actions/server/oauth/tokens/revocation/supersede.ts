import type { Clock } from '@latchkey/core/server';
import type { GrantRecord } from '../grants/grant_record.ts';
import { canRevoke, type GrantEnder } from './grant_ender.ts';
import { planSuperseded, type Successor, type SupersededPlan } from './superseded_grants.ts';

/**
 * Tokens that a new grant overwrites are never dropped. They are revoked once the new grant is
 * stored, or kept with it and revoked when it ends. Call this before the new grant is written, and
 * store `kept` with it. `isQueued`: the outbox has work to do then.
 */
export async function supersede(
  { ender, clock }: { readonly ender: GrantEnder; readonly clock: Clock },
  previous: GrantRecord | undefined,
  successor: Successor,
): Promise<{ readonly kept: SupersededPlan['kept']; readonly isQueued: boolean }> {
  if (previous === undefined) return { kept: [], isQueued: false };
  const { kept, revokedNow } = planSuperseded(previous, successor, clock.now());
  if (kept.length + revokedNow.length === 0) return { kept, isQueued: false };
  const isSameClient = previous.clientFingerprint === successor.client.fingerprint;
  const revoker = isSameClient ? successor.client : await ender.revokerOf(previous);
  const isQueued = await ender.queueTokens(previous, revoker, revokedNow);
  if (!isQueued) ender.emitUnrevocable(previous.key, revokedNow);
  if (revoker !== undefined && canRevoke(revoker)) return { kept, isQueued };
  // They can never be revoked, so they are not kept either.
  ender.emitUnrevocable(previous.key, kept);
  return { kept: [], isQueued };
}
