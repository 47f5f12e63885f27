import type { OAuthClientConfiguration } from '../types.ts';

/** Google: revoking any token removes the access that a user gave to an app. */
const HOSTS = new Set(['oauth2.googleapis.com', 'accounts.google.com', 'www.googleapis.com']);

/**
 * Tells if the provider ends all grants of the account and client when one of their tokens is
 * revoked. RFC 7009 §2.1 names only the token and its grant, so this is assumed of every provider
 * that is not known to differ.
 */
export function revocationEndsAllGrants(client: OAuthClientConfiguration): boolean {
  if (client.dialect === 'ears') return client.provider === 'google';
  return HOSTS.has(URL.parse(client.tokenEndpoint)?.hostname ?? '');
}
