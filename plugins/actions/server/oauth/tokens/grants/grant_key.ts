import { hash } from 'node:crypto';

/** Whose grant of which connector: one person's, or the one that everybody shares (client credentials). */
export type GrantKey =
  | { readonly scope: 'per-user'; readonly connectorId: string; readonly profileUid: string }
  | { readonly scope: 'shared'; readonly connectorId: string };

const SHARED_TOKEN_TYPE = 'access_token';

/**
 * The saved-object id of a grant. It follows from the key, so a token is read by a real-time get and two documents
 * for one person and connector cannot exist. Members are length-prefixed: no two keys share a text.
 */
export function grantId(key: GrantKey): string {
  const owner = key.scope === 'shared' ? SHARED_TOKEN_TYPE : key.profileUid;
  const text = `${key.scope}:${key.connectorId.length}:${key.connectorId}:${owner.length}:${owner}`;
  return hash('sha256', text, 'base64url');
}
