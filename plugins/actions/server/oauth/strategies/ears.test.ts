import { connectorSpecs, generateSecretsSchemaFromSpec } from '@latchkey/connector-specs';
import { describe, expect, it } from 'vitest';
import type { ProviderClientDeps } from './protocol_calls.ts';
import { createProviderClients } from './provider_clients.ts';
import { anEarsConnector, fakeEgress, someDeps } from './strategies.mock.ts';

const clientOf = (deps: Partial<ProviderClientDeps> = {}, secrets = {}) =>
  createProviderClients(someDeps(deps)).forConnector(
    anEarsConnector({ secrets: { ...anEarsConnector().secrets, ...secrets } }),
  );

describe('EARS connectors', () => {
  it('take the provider from the secrets, and have no provider key', () => {
    const client = clientOf();
    expect(client.providerKey).toBeUndefined();
    expect(client.configuration).toEqual({
      dialect: 'ears',
      baseUrl: 'https://ears.example.com',
      provider: 'google',
      scope: 'drive.readonly',
    });
  });

  it.each([
    [undefined, 'ears_not_configured', 'xpack.actions.auth.ears.url'],
    [{ enabled: true }, 'ears_not_configured', 'xpack.actions.auth.ears.url'],
    [
      { url: 'https://e.example.com', enabled: false },
      'ears_disabled',
      'xpack.actions.auth.ears.enabled',
    ],
  ])(
    'are refused with the name of the setting when the settings of EARS are %j',
    (ears, code, setting) => {
      expect(() => clientOf({ ears })).toThrow(
        expect.objectContaining({ code, message: expect.stringContaining(setting) }),
      );
    },
  );

  it.each(['', undefined, 'dropbox', '__proto__'])('refuse the provider %o', (provider) => {
    expect(() => clientOf({}, { provider })).toThrow(
      expect.objectContaining({ code: 'oauth_incomplete' }),
    );
  });

  it('send the browser to EARS, and check that its host is allowed', () => {
    const egress = fakeEgress();
    const client = clientOf({ egress });
    client.ensureEndpointsAllowed();
    expect(egress.checked).toEqual(['https://ears.example.com']);
    const url = client.buildAuthorizationUrl({
      redirectUri: 'https://latchkey.example/cb',
      state: 's',
      codeChallenge: 'c',
    });
    expect(url).toMatch(/^https:\/\/ears\.example\.com\/v1\/google\/oauth\/authorize\?/);
  });

  it.each([
    ['.sharepoint-online', 'Sites.Selected Files.Read.All offline_access'],
    ['.outlook', 'Mail.Read User.Read offline_access'],
    ['.one_drive', 'Files.Read.All User.Read offline_access'],
    ['.microsoft-teams', expect.stringMatching(/^Team\.ReadBasic\.All .* offline_access$/)],
  ])(
    'of the type %s request scopes from Microsoft, and the account from Microsoft Graph',
    async (id, scope) => {
      const spec = connectorSpecs.find(({ metadata }) => metadata.id === id);
      if (spec === undefined) throw new Error(`no ${id}`);
      const egress = fakeEgress(() =>
        Response.json({
          access_token: 'at',
          token_type: 'Bearer',
          id: 'u',
          userPrincipalName: 'a@b',
        }),
      );
      const secrets = generateSecretsSchemaFromSpec(spec).parse({ authType: 'ears' });
      const client = createProviderClients(
        someDeps({ egress, findConnectorType: () => spec }),
      ).forConnector(anEarsConnector({ connectorTypeId: id, secrets }));
      const redirectUri = 'https://latchkey.example/cb';
      const url = new URL(
        client.buildAuthorizationUrl({ redirectUri, state: 's', codeChallenge: 'c' }),
      );
      expect([url.pathname, url.searchParams.get('scope')]).toEqual([
        '/v1/microsoft/oauth/authorize',
        scope,
      ]);
      const grant = await client.exchangeCode({ code: 'c', codeVerifier: 'v', redirectUri });
      expect(grant.account).toEqual({ id: 'u', label: 'a@b' });
      expect(egress.sent.map((one) => one.url)).toEqual([
        'https://ears.example.com/v1/microsoft/oauth/token',
        'https://graph.microsoft.com/v1.0/me',
      ]);
    },
  );

  it('request those scopes of the enabled actions that the app of EARS has', () => {
    const slack = connectorSpecs.find(({ metadata }) => metadata.id === '.slack2');
    if (slack === undefined) throw new Error('no such type');
    const secrets = generateSecretsSchemaFromSpec(slack).parse({ authType: 'ears' });
    const scopesWith = (...enabledActions: readonly string[]) =>
      createProviderClients(someDeps({ findConnectorType: () => slack })).forConnector(
        anEarsConnector({ connectorTypeId: '.slack2', secrets, config: { enabledActions } }),
      ).configuration.scope;
    expect(scopesWith('sendMessage')).toBe('chat:write search:read.files');
    expect(scopesWith('createConversation', 'listUsers')).toBe('users:read search:read.files');
  });

  it('verify certificates as the configuration says', async () => {
    const egress = fakeEgress();
    const ears = {
      url: 'https://ears.example.com',
      enabled: true,
      ssl: { verificationMode: 'certificate' as const },
    };
    await clientOf({ egress, ears }).refresh('rt', new AbortController().signal);
    expect(egress.sent[0]?.init).toMatchObject({ verificationMode: 'certificate' });
  });

  describe('that have received a new grant', () => {
    const googleDrive = connectorSpecs.find(({ metadata }) => metadata.id === '.google_drive');
    if (googleDrive === undefined) throw new Error('no such type');
    const exchanged = async (
      findConnectorType: ProviderClientDeps['findConnectorType'],
      secrets = {},
    ) => {
      const egress = fakeEgress(() =>
        Response.json({
          access_token: 'at',
          token_type: 'bearer',
          user: { permissionId: '7', emailAddress: 'ana@example.com' },
        }),
      );
      const client = clientOf({ egress, findConnectorType }, secrets);
      const code = { code: 'c', codeVerifier: 'v', redirectUri: 'https://latchkey.example/cb' };
      const { account } = await client.exchangeCode(code);
      return { account, asked: egress.sent.slice(1) };
    };

    it('A33: read the account from the API of their type, with the access token', async () => {
      const { account, asked } = await exchanged(() => googleDrive);
      expect(account).toEqual({ id: '7', label: 'ana@example.com' });
      expect(asked).toMatchObject([
        {
          url: 'https://www.googleapis.com/drive/v3/about?fields=user',
          init: { headers: { authorization: 'Bearer at' } },
        },
      ]);
    });

    it.each<[string, ProviderClientDeps['findConnectorType'], Record<string, unknown>]>([
      ['their type is not known', () => undefined, {}],
      ['they use a different provider than their type', () => googleDrive, { provider: 'slack' }],
      [
        'the userinfo URL is not on the API',
        () => ({ ...googleDrive, apiOrigins: ['https://api.example.net'] }),
        {},
      ],
    ])('H114: do not read the account when %s', async (_what, find, secrets) => {
      expect(await exchanged(find, secrets)).toEqual({ account: undefined, asked: [] });
    });
  });
});
