import { connectorSpecs } from '@latchkey/connector-specs';
import { EgressError } from '@latchkey/egress/errors';
import { describe, expect, it } from 'vitest';
import { createFormWarnings, type FormWarningDeps } from './form_warnings.ts';

const READY: FormWarningDeps = {
  urls: { publicBaseUrl: 'https://latchkey.example.com' },
  config: { auth: { ears: { enabled: true, url: 'https://ears.example.com' } } },
  egress: { ensureUriAllowed: () => undefined },
};
const REVOCABLE = {
  authType: 'oauth_authorization_code',
  authorizationUrl: 'https://login.example.com/authorize',
  tokenUrl: 'https://login.example.com/token',
  revocationUrl: 'https://login.example.com/revoke',
};

const found = (
  secrets: Readonly<Record<string, unknown>>,
  {
    typeId = '.custom_api',
    config = {},
    deps = {},
  }: Partial<{
    readonly typeId: string;
    readonly config: Readonly<Record<string, unknown>>;
    readonly deps: Partial<FormWarningDeps>;
  }> = {},
) => {
  const spec = connectorSpecs.find(({ metadata }) => metadata.id === typeId);
  if (spec === undefined) throw new Error(`no type ${typeId}`);
  return createFormWarnings({ ...READY, ...deps })({ type: { spec }, config, secrets }).map(
    ({ path, code }) => [path, code],
  );
};

describe('warnings about a form', () => {
  it('are absent when every setting is complete', () => {
    expect(found(REVOCABLE)).toEqual([]);
    expect(found({ authType: 'bearer' }, { deps: { urls: { publicBaseUrl: undefined } } })).toEqual(
      [],
    );
    expect(found({ authType: 'ears' }, { typeId: '.google_drive' })).toEqual([]);
  });

  it.each(['oauth_authorization_code', 'ears'])(
    'say that server.publicBaseUrl is missing for %s, whose users connect their own account',
    (authType) => {
      const deps = { urls: { publicBaseUrl: undefined } };
      expect(found({ authType }, { typeId: '.google_drive', deps })).toEqual([
        ['', 'public_base_url_missing'],
      ]);
    },
  );

  it('say that EARS is unavailable when it is not configured', () => {
    const deps = { config: { auth: { ears: undefined } } };
    expect(found({ authType: 'ears' }, { typeId: '.google_drive', deps })).toEqual([
      ['secrets.authType', 'ears_unavailable'],
    ]);
  });

  it('name a host of the API of the type that is not on the allow-list', () => {
    const deps = {
      egress: {
        ensureUriAllowed: () => {
          throw new EgressError('host_not_allowed', 'no', 'www.googleapis.com');
        },
      },
    };
    expect(found({ authType: 'bearer' }, { typeId: '.google_drive', deps })).toEqual([
      ['', 'api_host_not_allowed'],
    ]);
  });

  it('name each URL that does not use https', () => {
    const secrets = { ...REVOCABLE, tokenUrl: 'http://localhost:1/token' };
    expect(found(secrets, { config: { url: 'http://localhost:1' } })).toEqual([
      ['config.url', 'unencrypted'],
      ['secrets.tokenUrl', 'unencrypted'],
    ]);
    expect(found({}, { typeId: '.http', config: { url: 'http://localhost:1' } })).toEqual([
      ['config.url', 'unencrypted'],
    ]);
  });

  it('say that the revocation URL is missing, unless the type has one or no URLs are entered', () => {
    const { revocationUrl: _, ...secrets } = REVOCABLE;
    expect(found(secrets)).toEqual([['secrets.revocationUrl', 'revocation_unknown']]);
    const { tokenUrl: __, ...unfinished } = secrets;
    expect(found(unfinished)).toEqual([]);
    const google = { authType: 'oauth_authorization_code' };
    expect(found(google, { typeId: '.google_drive' })).toEqual([]);
  });

  it.each([
    ['.jira-cloud', { subdomain: 'acme' }, 'Atlassian'],
    ['.outlook', { tenant: 'common' }, 'Microsoft'],
    ['.airtable', {}, 'Airtable'],
  ])('say for %s that the provider offers no revocation', (typeId, config, provider) => {
    const spec = connectorSpecs.find(({ metadata }) => metadata.id === typeId);
    if (spec === undefined) throw new Error(`no type ${typeId}`);
    const secrets = { authType: 'oauth_authorization_code', scope: 'offline_access' };
    const warnings = createFormWarnings(READY)({ type: { spec }, config, secrets });
    expect(warnings).toEqual([
      expect.objectContaining({
        path: 'secrets.revocationUrl',
        code: 'revocation_unsupported',
        params: { provider },
      }),
    ]);
    const own = {
      ...secrets,
      authorizationUrl: 'https://login.example.com/authorize',
      tokenUrl: 'https://login.example.com/token',
    };
    expect(found(own, { typeId, config })).toEqual([
      ['secrets.revocationUrl', 'revocation_unknown'],
    ]);
  });

  it('say that a provider offers no revocation when the form has the URLs of a known one', () => {
    const microsoft = 'https://login.microsoftonline.com/common/oauth2/v2.0';
    const secrets = {
      authType: 'oauth_authorization_code',
      authorizationUrl: `${microsoft}/authorize`,
      tokenUrl: `${microsoft}/token`,
      scope: 'offline_access',
    };
    expect(found(secrets)).toEqual([['secrets.revocationUrl', 'revocation_unsupported']]);
  });

  it('ask for the URL parameter without which Google issues no refresh token', () => {
    const google = {
      ...REVOCABLE,
      authorizationUrl: 'https://accounts.google.com/o/oauth2/v2/auth',
    };
    expect(found(google)).toEqual([['secrets.authorizationUrl', 'offline_parameter_missing']]);
    const authorizationUrl = `${google.authorizationUrl}?access_type=offline`;
    expect(found({ ...google, authorizationUrl })).toEqual([]);
  });

  it('ask for the scope without which a known provider issues no refresh token', () => {
    const x = { ...REVOCABLE, authorizationUrl: 'https://x.com/i/oauth2/authorize' };
    expect(found({ ...x, scope: 'users.read offline_access' })).toEqual([
      ['secrets.scope', 'offline_scope_missing'],
    ]);
    expect(found({ ...x, scope: 'users.read offline.access' })).toEqual([]);
  });

  it('ask for the scope without which Microsoft issues no refresh token', () => {
    const microsoft = {
      ...REVOCABLE,
      authorizationUrl: 'https://login.microsoftonline.com/common/oauth2/v2.0/authorize',
    };
    expect(found({ ...microsoft, scope: 'User.Read' })).toEqual([
      ['secrets.scope', 'offline_scope_missing'],
    ]);
    expect(found({ ...microsoft, scope: 'User.Read offline_access' })).toEqual([]);
  });

  it('do not throw for values of any kind', () => {
    const odd = { authType: 5, authorizationUrl: [], tokenUrl: {}, scope: null };
    expect(found(odd, { config: { url: 7 } })).toEqual([]);
  });
});
