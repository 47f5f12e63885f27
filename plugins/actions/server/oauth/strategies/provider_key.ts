import { createHash } from 'node:crypto';

const LENGTH = 16;

/**
 * Last segment of the redirect URI: names the origin a code may be sent to, so that a code meant for one provider is never sent to another.
 * 16 base64url characters.
 */
export function providerKeyOf(tokenEndpoint: string): string {
  const origin = new URL(tokenEndpoint).origin;
  return createHash('sha256').update(origin).digest('base64url').slice(0, LENGTH);
}
