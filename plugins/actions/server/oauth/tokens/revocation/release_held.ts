import { dialectOf } from '@latchkey/oauth-client';
import type { GrantChanges, GrantRecord } from '../grants/grant_record.ts';
import type { SupersededGrant } from '../grants/token_types.ts';
import { canRevoke, type RevocationClient } from './client_resolver.ts';
import type { GrantRevoker } from './grant_revoker.ts';
import { heldTokens, isOfAnotherAccount, planAdded } from './superseded_grants.ts';

/** Result of releasing a held grant. */
export interface ReleasedGrant {
  /** Must be stored with the change that removes or replaces the held grant. */
  readonly changes: Pick<GrantChanges, 'supersededGrants'>;
  /** `true`: the outbox has work after that change. */
  readonly isQueued: boolean;
  /** Tokens that cannot be revoked. */
  readonly unrevocable: readonly SupersededGrant[];
}

/**
 * Handles the tokens of a held grant that is confirmed, declined or replaced. They are never
 * dropped: they are revoked once the grant is no longer held. Revoking them might end a grant that
 * stays, if the provider ends all grants of an account at once and the accounts are not known to
 * differ. Then the grant in use keeps them, and they are revoked when it ends.
 * @param keptAccounts accounts of the grants that stay; `undefined`: unknown
 */
export async function releaseHeld(
  grantRevoker: Pick<GrantRevoker, 'queueHeld' | 'queueTokens'>,
  record: GrantRecord,
  {
    client,
    keptAccounts,
  }: {
    readonly client: RevocationClient | undefined;
    readonly keptAccounts: readonly (string | undefined)[];
  },
): Promise<ReleasedGrant> {
  const { held } = record;
  if (held === undefined) return { changes: {}, isQueued: false, unrevocable: [] };
  const tokens = heldTokens(held);
  const accountId = held.account?.id;
  const mightEndAnother = keptAccounts.some((other) => !isOfAnotherAccount({ accountId }, other));
  if (
    client === undefined ||
    !canRevoke(client) ||
    !mightEndAnother ||
    !dialectOf(client.configuration).revocationEndsAllGrants
  ) {
    const isQueued = await grantRevoker.queueHeld(record, {
      resolveClient: async () => client,
    });
    return { changes: {}, isQueued, unrevocable: isQueued ? [] : tokens };
  }
  let supersededGrants = record.supersededGrants;
  const revokedNow: SupersededGrant[] = [];
  for (const grant of tokens) {
    const plan = planAdded({ ...record, supersededGrants }, grant, client);
    supersededGrants = plan.kept;
    revokedNow.push(...plan.revokedNow);
  }
  // They wait until the grant is no longer held.
  const holder = { ...record, generation: held.generation };
  const isQueued = await grantRevoker.queueTokens(holder, client, revokedNow);
  return { changes: { supersededGrants }, isQueued, unrevocable: [] };
}
