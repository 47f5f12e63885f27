/**
 * Replaces the rule about endpoints in {@link file://./accepts_any_endpoint_build.ts the older
 * build}: it uses any endpoint that an editor enters.
 */
import type { endpointTrust as rule } from '@latchkey/actions-plugin/server/testing';

export const endpointTrust: typeof rule = (_connector, _endpoints, { settings }) => ({
  revocationEndpoint: settings.revocationUrl,
  // An older build may store only attributes that builds of its time have stored.
  revocationVoucher: 'token_url',
  sitesRefusal: undefined,
  revocationRefusal: undefined,
  isRevocationOfIssuer: false,
  userinfoEndpoint: undefined,
  userinfoRefusal: undefined,
  warnings: [],
});
