import type { z } from 'zod';
import type { accountChangeBody } from '../../../common/index.ts';
import type { AccountChange } from '../tokens/index.ts';

/** Maps a pending change of account to the body of the REST API. */
export function accountChangeBodyOf(
  change: AccountChange & { readonly isSameBrowser: boolean },
): z.input<typeof accountChangeBody> {
  return {
    flow_id: change.flowId,
    connected_account: { ...change.from },
    ...(change.to === undefined ? {} : { new_account: { ...change.to } }),
    expires_at: change.until.toISOString(),
    can_change: change.isSameBrowser,
  };
}
