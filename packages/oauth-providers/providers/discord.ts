import { defineProvider } from '../entry/define_provider.ts';

/** Discord's authorization server. */
export const discord = defineProvider({
  name: 'discord',
  displayName: 'Discord',
  documentationUrl: 'https://discord.com/developers/docs/topics/oauth2',
  hosts: ['discord.com'],
  authorize: { url: 'https://discord.com/oauth2/authorize' },
  token: { url: 'https://discord.com/api/oauth2/token' },
  account: {
    from: 'request',
    url: 'https://discord.com/api/v10/users/@me',
    idPath: 'id',
    labelPath: 'username',
  },
  grantFacts: [{ name: 'guild', from: 'token_response', path: 'guild.id', kind: 'text' }],
  lifetime: { accessTokenSeconds: 604_800 },
  refreshToken: { rotation: 'single_use' },
  revocation: {
    url: 'https://discord.com/api/oauth2/token/revoke',
    // Only Basic is used, although the token endpoint also accepts the secret in the body.
    request: {
      authentication: 'client_secret_basic',
      format: 'form',
      fields: { token: '{token}', token_type_hint: '{hint}' },
    },
  },
  api: {
    waits: [
      { from: 'body', path: 'retry_after', format: 'seconds' },
      { from: 'header', name: 'x-ratelimit-reset-after', format: 'seconds' },
    ],
  },
  sources: {
    authorize: 'B.1',
    token: 'B.1',
    account: 'D.24',
    grantFacts: 'B.2',
    lifetime: 'B.2',
    refreshToken: 'B.2',
    revocation: 'B.2',
    api: 'C',
  },
});
