import { createHash } from 'node:crypto';
import type { User } from './user.ts';

/**
 * Version of what administrators edit in an account. It is a hash of these members and not the
 * version of the document, because sign-ins and passwords also change the document.
 */
export function accountVersion(user: User): string {
  const { profileUid, roles, fullName, email, metadata, enabled } = user;
  const sorted = Object.entries(metadata).sort(([a], [b]) => (a < b ? -1 : 1));
  const edited = [profileUid, roles, fullName ?? null, email ?? null, sorted, enabled];
  return createHash('sha256').update(JSON.stringify(edited)).digest('base64url');
}
