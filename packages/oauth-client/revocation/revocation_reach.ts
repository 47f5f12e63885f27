import type { OAuthClientConfiguration } from '../types.ts';

/** Google: "revoking" removes the access that a person gave to an app, whichever of its tokens is sent. */
const HOSTS = new Set(['oauth2.googleapis.com', 'accounts.google.com', 'www.googleapis.com']);

/**
 * Whether the provider ends all grants of the account and client when one token of theirs is revoked. RFC 7009 §2.1 speaks of the token and
 * its grant alone, so that is assumed of every provider that is not known to differ.
 */
export function revocationEndsAllGrants(client: OAuthClientConfiguration): boolean {
  if (client.dialect === 'ears') return client.provider === 'google';
  return HOSTS.has(URL.parse(client.tokenEndpoint)?.hostname ?? '');
}
