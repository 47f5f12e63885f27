/**
 * Takes the place of the rule in {@link file://./accepts_any_endpoint_build.ts that build}:
 * whatever an editor enters is used.
 */
import type { endpointTrust as rule } from '../../plugins/actions/server/oauth/strategies/endpoint_trust.ts';

export const endpointTrust: typeof rule = (_connector, _endpoints, { settings }) => ({
  revocationEndpoint: settings.revocationUrl,
  // Stores nothing that older builds did not store.
  revocationVoucher: 'token_url',
  sitesRefusal: undefined,
  revocationRefusal: undefined,
  isRevocationOfIssuer: false,
  userinfoEndpoint: undefined,
  userinfoRefusal: undefined,
  warnings: [],
});
