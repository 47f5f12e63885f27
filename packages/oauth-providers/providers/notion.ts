import { defineProvider } from '../entry/define_provider.ts';

/** Notion's authorization server. */
export const notion = defineProvider({
  name: 'notion',
  displayName: 'Notion',
  documentationUrl: 'https://developers.notion.com/docs/authorization',
  hosts: ['api.notion.com'],
  authorize: {
    url: 'https://api.notion.com/v1/oauth/authorize',
    parameters: { owner: 'user' },
    requiredParameters: ['owner'],
    scope: { isSupported: false },
  },
  token: {
    url: 'https://api.notion.com/v1/oauth/token',
    clientAuthentication: ['client_secret_basic'],
    format: 'json',
  },
  account: { from: 'token_response', idPath: 'owner.user.id', labelPath: 'owner.user.name' },
  grantFacts: [
    { name: 'workspace_id', from: 'token_response', path: 'workspace_id', kind: 'text' },
    { name: 'workspace_name', from: 'token_response', path: 'workspace_name', kind: 'text' },
  ],
  lifetime: { defaultSeconds: null },
  refreshToken: { rotation: 'single_use' },
  revocation: {
    url: 'https://api.notion.com/v1/oauth/revoke',
    request: {
      authentication: 'client_secret_basic',
      format: 'json',
      fields: { token: '{token}' },
    },
  },
  sources: {
    authorize: 'B.1',
    token: 'B.1',
    account: 'B.2',
    grantFacts: 'B.2',
    lifetime: 'B.2',
    refreshToken: 'B.2',
    revocation: 'B.2',
  },
});
