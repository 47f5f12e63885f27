import { defineProvider } from '../entry/define_provider.ts';

/** Zendesk's authorization server. */
export const zendesk = defineProvider({
  name: 'zendesk',
  displayName: 'Zendesk',
  documentationUrl:
    'https://developer.zendesk.com/api-reference/ticketing/oauth/grant_type_tokens/',
  config: { subdomain: { label: 'Subdomain', kind: 'label' } },
  hosts: ['{config.subdomain}.zendesk.com'],
  authorize: { url: 'https://{config.subdomain}.zendesk.com/oauth/authorizations/new' },
  token: {
    url: 'https://{config.subdomain}.zendesk.com/oauth/tokens',
    clientAuthentication: ['client_secret_post'],
    format: 'json',
    // A client made before 2026-04-30 gets tokens that do not expire if the request names no
    // lifetime.
    fields: { expires_in: 1_800 },
  },
  account: {
    from: 'request',
    url: 'https://{config.subdomain}.zendesk.com/api/v2/users/me',
    idPath: 'user.id',
    labelPath: 'user.email',
  },
  lifetime: {
    defaultSeconds: null,
    accessTokenSeconds: 1_800,
    refreshTokenSeconds: 2_592_000,
    idleLimitDays: 30,
  },
  refreshToken: { rotation: 'single_use' },
  revocation: {
    url: 'https://{config.subdomain}.zendesk.com/api/v2/oauth/tokens/current',
    request: { method: 'DELETE', authentication: 'token', format: 'none' },
    tokens: ['access_token'],
  },
  sources: {
    authorize: 'B.1',
    token: 'B.1',
    account: 'D.13',
    lifetime: 'B.2',
    refreshToken: 'B.2',
    revocation: 'B.2',
  },
});
