import { createHash } from 'node:crypto';

const LENGTH = 16;

/**
 * Returns the last segment of the redirect URI: a hash of the origin that may receive the code, as
 * 16 base64url characters. It ensures that a code of one provider is not sent to another.
 */
export function providerKeyOf(tokenEndpoint: string): string {
  const origin = new URL(tokenEndpoint).origin;
  return createHash('sha256').update(origin).digest('base64url').slice(0, LENGTH);
}
