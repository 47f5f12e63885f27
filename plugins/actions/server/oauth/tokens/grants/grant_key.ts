import { hash } from 'node:crypto';
import { createLruCache } from '@latchkey/core/server';

/**
 * Identifies a grant: the connector and its user, or the connector alone for a token that all users
 * share (client credentials).
 */
export type GrantKey =
  | { readonly scope: 'per-user'; readonly connectorId: string; readonly profileUid: string }
  | { readonly scope: 'shared'; readonly connectorId: string };

const SHARED_TOKEN_TYPE = 'access_token';

/** Ids of grants that are read often. A hash costs more than the rest of a cached read. */
const ids = createLruCache<string, string>(1_000);

/**
 * Saved-object id of a grant. It is computed from the key, so a token is read by a real-time get,
 * and two documents for one user and connector cannot exist. The members are prefixed by their
 * length, so that no two keys have the same text.
 */
export function grantId(key: GrantKey): string {
  const owner = key.scope === 'shared' ? SHARED_TOKEN_TYPE : key.profileUid;
  const text = `${key.scope}:${key.connectorId.length}:${key.connectorId}:${owner.length}:${owner}`;
  const known = ids.get(text);
  if (known !== undefined) return known;
  const id = hash('sha256', text, 'base64url');
  ids.set(text, id);
  return id;
}
