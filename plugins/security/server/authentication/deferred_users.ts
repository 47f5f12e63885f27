import { type AuthenticatedUser, HttpError, type Principal } from '@latchkey/core/server';
import { z } from 'zod';
import type { ApiKeyService } from '../api_keys/index.ts';
import type { DeferredIdentity } from '../types.ts';
import type { UserDirectory } from '../users/index.ts';

/**
 * An identity as another plugin has stored it. `apiKeyId` is required: without it, deferred work of
 * a restricted API key would get all privileges of its owner.
 */
const IDENTITY = z.object({
  profileUid: z.string().min(1).max(1024),
  apiKeyId: z.string().min(1).max(1024).nullable(),
});

/**
 * Identity of a principal for deferred work, see `SecurityStart.deferredIdentity`.
 * @throws HttpError 403 without a user, or for an API key without an id
 */
export function deferredIdentityOf({ user }: Pick<Principal, 'user'>): DeferredIdentity {
  if (user === undefined) throw new HttpError(403, 'Work without a user cannot be deferred');
  if (user.authenticationType === 'api_key' && user.apiKeyId === undefined) {
    throw new HttpError(403, 'Work of an API key without an id cannot be deferred');
  }
  return { profileUid: user.profileUid, apiKeyId: user.apiKeyId ?? null };
}

/** Users in whose name work runs after their request has ended. */
export class DeferredUsers {
  readonly #directory: Pick<UserDirectory, 'getActiveUser'>;
  readonly #apiKeys: Pick<ApiKeyService, 'deferredOwner'>;

  constructor(
    directory: Pick<UserDirectory, 'getActiveUser'>,
    apiKeys: Pick<ApiKeyService, 'deferredOwner'>,
  ) {
    this.#directory = directory;
    this.#apiKeys = apiKeys;
  }

  /**
   * Returns the user for work that was deferred. The contract is `SecurityStart.getDeferredUser`.
   * `undefined`: the user or the key can no longer be used.
   */
  async get(identity: DeferredIdentity): Promise<AuthenticatedUser | undefined> {
    const { data } = IDENTITY.safeParse(identity);
    if (data === undefined) return undefined;
    const { profileUid, apiKeyId } = data;
    if (apiKeyId === null) return this.#directory.getActiveUser(profileUid);
    const owner = await this.#apiKeys.deferredOwner(apiKeyId);
    return owner?.profileUid === profileUid ? owner : undefined;
  }
}
