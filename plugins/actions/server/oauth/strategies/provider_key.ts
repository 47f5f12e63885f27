import { createHash } from 'node:crypto';

const LENGTH = 16;

/**
 * Last segment of the redirect URI: identifies the origin that may receive the code, so that a code
 * of one provider is never sent to another. 16 base64url characters.
 */
export function providerKeyOf(tokenEndpoint: string): string {
  const origin = new URL(tokenEndpoint).origin;
  return createHash('sha256').update(origin).digest('base64url').slice(0, LENGTH);
}
