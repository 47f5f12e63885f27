import { defineProvider } from '../entry/define_provider.ts';

/** Airtable's authorization server. */
export const airtable = defineProvider({
  name: 'airtable',
  displayName: 'Airtable',
  documentationUrl: 'https://airtable.com/developers/web/api/oauth-reference',
  hosts: ['airtable.com', 'api.airtable.com'],
  authorize: { url: 'https://airtable.com/oauth2/v1/authorize', pkce: 'required' },
  token: {
    url: 'https://airtable.com/oauth2/v1/token',
    clientAuthentication: ['client_secret_basic'],
  },
  account: {
    from: 'request',
    url: 'https://api.airtable.com/v0/meta/whoami',
    idPath: 'id',
    labelPath: 'email',
  },
  lifetime: { accessTokenSeconds: 3600, refreshTokenSeconds: 5_184_000, idleLimitDays: 60 },
  refreshToken: { rotation: 'single_use', reuseEndsGrant: true },
  api: { waits: [{ from: 'fixed', seconds: 30, status: [429, 429] }] },
  sources: {
    authorize: 'B.1',
    token: 'B.1',
    account: 'D.24',
    lifetime: 'B.2',
    refreshToken: 'B.2',
    api: 'C',
  },
});
