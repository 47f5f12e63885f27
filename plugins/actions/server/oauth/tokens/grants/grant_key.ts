import { hash } from 'node:crypto';
import { createLruCache } from '@latchkey/core/server';

/**
 * Identifies a grant by its connector and user, or by the connector alone for a token that all
 * users share (client credentials).
 */
export type GrantKey =
  | { readonly scope: 'per-user'; readonly connectorId: string; readonly profileUid: string }
  | { readonly scope: 'shared'; readonly connectorId: string };

const SHARED_TOKEN_TYPE = 'access_token';

/**
 * Ids of grants by their unhashed text. Cached, because a hash costs more than all other parts of a
 * cached read.
 */
const ids = createLruCache<string, string>(1_000);

/**
 * Returns the saved-object id of a grant: a hash of its key. A token can therefore be read by id,
 * and there cannot be two documents for one user and connector. The parts of the key are prefixed
 * by their length, so that different keys never result in the same text.
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
