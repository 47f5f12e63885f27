import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  type ActionsFixture,
  ana,
  ben,
  clientCredentials,
  createActionsFixture,
  oauthApp,
} from '../execution/actions_fixture.mock.ts';
import { IDP_ORIGIN } from '../execution/strict_idp.mock.ts';

interface Validation {
  readonly issues: readonly { readonly path: string; readonly code: string }[];
  readonly warnings: readonly { readonly path: string; readonly code: string }[];
  readonly callback_url?: string;
  readonly disconnects?: boolean;
  readonly disconnects_users?: number;
  readonly attributes?: Readonly<Record<string, unknown>>;
}

let fixture: ActionsFixture;
beforeEach(async () => {
  fixture = await createActionsFixture();
});
afterEach(() => fixture.close());

const API = 'http://localhost:1234/api';
const aForm = (over: object = {}) => ({
  connector_type_id: '.custom_api',
  name: 'My API',
  config: { url: API },
  secrets: oauthApp(),
  ...over,
});
const validate = (body: object, prefix = '') =>
  fixture.inject<Validation>({
    method: 'POST',
    url: `${prefix}/internal/actions/connectors/_validate`,
    body,
  });
const edit = (over: object = {}) => {
  const { connector_type_id: _, ...form } = aForm(over);
  return validate({ id: 'c1', ...form });
};
const aService = (secrets: object = oauthApp()) =>
  fixture.create('c1', { connector_type_id: '.custom_api', config: { url: API }, secrets });
const placesOf = ({ issues }: Validation) => issues.map(({ path, code }) => [path, code]);
const warnedOf = ({ warnings }: Validation) => warnings.map(({ path, code }) => [path, code]);

it('validating an outdated version of a connector is refused before its fields are checked', async () => {
  await aService();
  const { version } = await fixture.read('c1');
  expect((await edit({ version })).status).toBe(200);
  await fixture.inject({
    method: 'PUT',
    url: '/api/actions/connector/c1',
    body: { name: 'Theirs', config: { url: API } },
  });
  const { status, body } = await edit({ version, name: '' });
  expect([status, body.attributes]).toEqual([409, { code: 'stale_version' }]);
});

describe('a check of a new connector', () => {
  it.each(['__proto__', 'constructor'])(
    'reports an issue and does not throw for the auth type %s',
    async (authType) => {
      const { status, body } = await validate(aForm({ secrets: { ...oauthApp(), authType } }));
      expect(status).toBe(200);
      expect(placesOf(body)).toEqual([['secrets.authType', 'invalid_value']]);
    },
  );

  it('has no issues when saving would succeed, names the redirect URI and saves nothing', async () => {
    const { status, body } = await validate(aForm());
    expect([status, body]).toEqual([
      200,
      {
        issues: [],
        warnings: expect.any(Array),
        callback_url: expect.stringMatching(/\/_oauth_callback\/[\w-]{16}$/),
      },
    ]);
    const { body: listed } = await fixture.inject({
      method: 'GET',
      url: '/api/actions/connectors',
    });
    expect(listed).toEqual([]);
  });

  it('lists the scopes of the enabled actions in words, even of an incomplete form', async () => {
    const scopes = async (config: object, language: string) => {
      const { body } = await fixture.inject<{ readonly requested_scopes?: readonly object[] }>({
        method: 'POST',
        url: '/internal/actions/connectors/_validate',
        headers: { 'accept-language': language },
        body: aForm({
          connector_type_id: '.gmail',
          config,
          secrets: { authType: 'oauth_authorization_code' },
        }),
      });
      return body.requested_scopes;
    };
    const scope = (name: string, text: string) => ({
      scope: `https://www.googleapis.com/auth/gmail.${name}`,
      text: expect.stringContaining(text),
    });
    expect(await scopes({}, 'en')).toEqual([scope('modify', 'send email')]);
    expect(await scopes({ enabledActions: ['searchMessages'] }, 'en')).toEqual([
      scope('readonly', 'Read all your email'),
    ]);
    expect(await scopes({ enabledActions: ['sendMessage'] }, 'de')).toEqual([
      scope('compose', 'E-Mails'),
    ]);
  });

  it('reports problems of name, config and secrets in one response', async () => {
    const { body } = await validate(
      aForm({
        name: ' ',
        config: { url: 'https://elsewhere.example.com' },
        secrets: oauthApp({
          authorizationUrl: 'javascript:alert(1)',
          clientId: '',
          clientSecret: undefined,
        }),
      }),
    );
    expect(placesOf(body)).toEqual([
      ['name', 'required'],
      ['config.url', 'host_not_allowed'],
      ['secrets.authorizationUrl', 'invalid_url'],
      ['secrets.clientId', 'required'],
      ['secrets.clientSecret', 'required'],
    ]);
    expect(body.callback_url).toContain('/_oauth_callback/');
  });

  it('reports an issue of the issuer field when the metadata names another issuer', async () => {
    fixture.idp.upstream.response = ({ url }) =>
      url.includes('/.well-known/')
        ? { body: { issuer: 'https://other.example', token_endpoint: `${IDP_ORIGIN}/token` } }
        : { status: 404 };
    const { body } = await validate(aForm({ secrets: oauthApp({ issuer: IDP_ORIGIN }) }));
    expect(placesOf(body)).toEqual([['secrets.issuer', 'issuer_mismatch']]);
  });

  it('reports a token URL that differs from the metadata of the issuer', async () => {
    fixture.idp.upstream.response = ({ url }) =>
      url.includes('/.well-known/')
        ? {
            body: {
              issuer: IDP_ORIGIN,
              authorization_endpoint: `${IDP_ORIGIN}/authorize`,
              token_endpoint: 'https://other.example/token',
            },
          }
        : { status: 404 };
    const { body } = await validate(aForm({ secrets: oauthApp({ issuer: IDP_ORIGIN }) }));
    expect(placesOf(body)).toEqual([['secrets.tokenUrl', 'endpoint_mismatch']]);
  });

  it('returns warnings together with an empty list of issues', async () => {
    fixture.idp.upstream.response = () => ({ status: 503 });
    const { body } = await validate(aForm({ secrets: oauthApp({ issuer: IDP_ORIGIN }) }));
    expect(body.issues).toEqual([]);
    expect(warnedOf(body)).toContainEqual(['secrets.issuer', 'issuer_unchecked']);
  });

  it('warns about endpoints in the metadata of the issuer that the form does not use', async () => {
    fixture.idp.upstream.response = () => ({
      body: {
        issuer: IDP_ORIGIN,
        authorization_endpoint: `${IDP_ORIGIN}/other`,
        token_endpoint: `${IDP_ORIGIN}/token`,
        revocation_endpoint: `${IDP_ORIGIN}/revoke`,
        scopes_supported: ['openid', 'offline_access'],
      },
    });
    const offered = await validate(aForm({ secrets: oauthApp({ issuer: IDP_ORIGIN }) }));
    expect(warnedOf(offered.body)).toEqual([
      ['config.url', 'unencrypted'],
      ['secrets.revocationUrl', 'revocation_offered'],
      ['secrets.authorizationUrl', 'other_path'],
      ['secrets.scope', 'offline_scope_missing'],
    ]);
    const used = oauthApp({
      issuer: IDP_ORIGIN,
      scope: 'openid offline_access',
      revocationUrl: `${IDP_ORIGIN}/revoke`,
    });
    const { body } = await validate(aForm({ secrets: used }));
    expect(warnedOf(body)).toEqual([
      ['config.url', 'unencrypted'],
      ['secrets.authorizationUrl', 'other_path'],
    ]);
  });

  it('returns warnings for an incomplete form and sends no request', async () => {
    let requests = 0;
    fixture.idp.upstream.response = () => {
      requests += 1;
      return { status: 503 };
    };
    const secrets = oauthApp({ issuer: IDP_ORIGIN, clientId: '' });
    const { body } = await validate(aForm({ secrets }));
    expect(body.issues).toHaveLength(1);
    expect(warnedOf(body)).toEqual([
      ['config.url', 'unencrypted'],
      ['secrets.revocationUrl', 'revocation_unknown'],
    ]);
    expect(requests).toBe(0);
  });

  it('sends no request while a field is invalid', async () => {
    let requests = 0;
    fixture.idp.upstream.response = () => {
      requests += 1;
      return { status: 503 };
    };
    await validate(aForm({ name: '', secrets: oauthApp({ issuer: IDP_ORIGIN }) }));
    await validate(aForm({ secrets: oauthApp({ issuer: IDP_ORIGIN, scope: 5 }) }));
    await validate(aForm({ config: {}, secrets: oauthApp({ issuer: IDP_ORIGIN }) }));
    expect(requests).toBe(0);
  });

  it('returns the redirect URI for the default token URL of the type', async () => {
    const { body } = await validate({
      connector_type_id: '.google_drive',
      secrets: { authType: 'oauth_authorization_code' },
    });
    expect(placesOf(body)).toEqual([
      ['name', 'required'],
      ['secrets.clientId', 'required'],
    ]);
    expect(body.callback_url).toContain('/_oauth_callback/');
  });

  it('returns no redirect URI for an auth type that needs none', async () => {
    const { body } = await validate(aForm({ secrets: clientCredentials }));
    expect(body).toEqual({ issues: [], warnings: expect.any(Array) });
  });

  it('refuses a form without a type, and one of a type that does not exist', async () => {
    expect((await validate(aForm({ connector_type_id: undefined }))).status).toBe(400);
    const { status, body } = await validate(aForm({ connector_type_id: '.nope' }));
    expect([status, body.attributes]).toMatchObject([400, { code: 'unknown_type' }]);
    expect((await validate(aForm({ keep_secrets: ['token'] }))).status).toBe(400);
    expect((await validate(aForm({ version: 'v1' }))).status).toBe(400);
  });
});

describe('a check of an edit', () => {
  it('says that a rename disconnects no user', async () => {
    await aService();
    await fixture.connect('c1', ana);
    const { body } = await edit({ name: 'Renamed', secrets: undefined });
    expect(body).toEqual({
      issues: [],
      warnings: expect.any(Array),
      callback_url: expect.any(String),
      disconnects: false,
      disconnects_users: 0,
    });
  });

  it('counts the users that a change of the host would disconnect, as the update does', async () => {
    await aService();
    await fixture.connect('c1', ana);
    await fixture.connect('c1', ben);
    const change = { config: { url: fixture.api.origin } };
    const { body } = await edit(change);
    expect(body).toMatchObject({ issues: [], disconnects: true, disconnects_users: 2 });
    const { name, config, secrets } = aForm(change);
    const saved = await fixture.inject<Record<string, unknown>>({
      method: 'PUT',
      url: '/api/actions/connector/c1',
      body: { name, config, secrets },
    });
    expect(saved.body['disconnected_users']).toBe(2);
  });

  it('C48: reports an issue of a kept credential that would be sent to another host', async () => {
    await aService();
    const { clientSecret: _, ...rest } = oauthApp({ tokenUrl: `${IDP_ORIGIN}/tenant-b/token` });
    const { body } = await edit({ secrets: rest, keep_secrets: ['clientSecret'] });
    expect(placesOf(body)).toEqual([['secrets.clientSecret', 'secrets_required']]);
    expect(body).not.toHaveProperty('disconnects');
  });

  it('accepts a kept credential, and reports a kept one that is not stored', async () => {
    await aService();
    const { clientSecret: _, ...rest } = oauthApp({ scope: 'more' });
    const kept = { secrets: rest, keep_secrets: ['clientSecret'] };
    expect((await edit(kept)).body).toMatchObject({ issues: [], disconnects: false });
    const { body } = await edit({ secrets: rest, keep_secrets: ['password'] });
    expect(placesOf(body)).toEqual([['secrets.password', 'invalid_keep_secrets']]);
  });

  it('reports a change of the authentication type', async () => {
    await aService();
    const { body } = await edit({ secrets: { authType: 'bearer', token: 'development-token' } });
    expect(placesOf(body)).toEqual([['secrets.authType', 'auth_type_is_fixed']]);
  });

  it('returns the same result for right and wrong guesses of a stored credential', async () => {
    for (const stored of [oauthApp(), clientCredentials]) {
      await aService(stored);
      const right = await edit({ secrets: stored });
      const wrong = await edit({ secrets: { ...stored, clientSecret: 'development-guess' } });
      expect(right.status).toBe(200);
      expect(wrong.text).toBe(right.text);
      await fixture.inject({ method: 'DELETE', url: '/api/actions/connector/c1' });
    }
  });

  it('does not change the stored connector', async () => {
    await aService();
    await fixture.connect('c1', ana);
    const before = await fixture.read('c1');
    await edit({ name: 'Other', config: { url: fixture.api.origin } });
    expect(await fixture.read('c1')).toEqual(before);
    const grants = await fixture.services.tokens.connections.ofUser(ana.profileUid, [{ id: 'c1' }]);
    expect(grants.get('c1')?.status).toBe('connected');
  });

  it('treats a connector of another space as missing', async () => {
    await aService();
    const { connector_type_id: _, ...form } = aForm();
    expect((await validate({ id: 'c1', ...form }, '/s/sales')).status).toBe(404);
  });
});

describe('access to the check', () => {
  it.each([
    ['actions:create', 403, 200],
    ['actions:update', 200, 403],
  ])('without %s has status %i for new connectors and %i for edits', async (...row) => {
    const [privilege, created, updated] = row;
    await fixture.close();
    fixture = await createActionsFixture({
      missing: ({ user }, one) => user?.profileUid === ben.profileUid && one === privilege,
    });
    await aService();
    const as = (body: object) =>
      fixture.inject({
        method: 'POST',
        url: '/internal/actions/connectors/_validate',
        body,
        user: ben,
      });
    const { connector_type_id: _, ...form } = aForm();
    expect((await as(aForm())).status).toBe(created);
    expect((await as({ id: 'c1', ...form })).status).toBe(updated);
  });
});
