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

const TWO_SITES = oauthApp({ authorizationUrl: 'https://accounts.google.com/o/oauth2/v2/auth' });
/** Secrets that are saved with a warning while the metadata of the issuer is not available. */
const UNCHECKED = oauthApp({ issuer: IDP_ORIGIN });
const FIXED = { name: 'Fixed', actionTypeId: '.probe', secrets: TWO_SITES };

let fixture: ActionsFixture;
let mayUpdate: boolean;
beforeEach(async () => {
  mayUpdate = true;
  fixture = await createActionsFixture({
    missing: (_principal, privilege) => privilege === 'actions:update' && !mayUpdate,
    config: {
      preconfigured: { open: { ...FIXED, exposeConfig: true }, closed: FIXED },
    },
  });
});
afterEach(() => fixture.close());

const url = '/api/actions/connector/c1';
const post = (secrets: object) =>
  fixture.inject<Record<string, unknown>>({
    method: 'POST',
    url,
    body: { name: 'c1', connector_type_id: '.probe', secrets },
  });
const put = (secrets?: object) =>
  fixture.inject<Record<string, unknown>>({ method: 'PUT', url, body: { name: 'c1', secrets } });
const get = (at = url) => fixture.inject<Record<string, unknown>>({ method: 'GET', url: at });
const warnings = ({ body }: { readonly body: Record<string, unknown> }) =>
  body['warnings'] as readonly string[] | undefined;
const logged = () => fixture.logger.lines.filter(({ level }) => level === 'warn');

const metadataOf = (issuer: string, over: object = {}) => ({
  issuer,
  authorization_endpoint: TWO_SITES.authorizationUrl,
  token_endpoint: TWO_SITES.tokenUrl,
  ...over,
});
const codeOf = ({ body }: { readonly body: Record<string, unknown> }) => body['attributes'];

describe('an authorization URL and a token URL of two sites', () => {
  it('A20: are refused without an issuer, with a message that names both hosts', async () => {
    const created = await post(TWO_SITES);
    expect([created.status, codeOf(created)]).toMatchObject([
      400,
      { code: 'endpoints_not_confirmed' },
    ]);
    expect(created.body['message']).toMatch(/accounts\.google\.com.*idp\.probe\.example/);
    expect((await get()).status).toBe(404);
    await post(oauthApp());
    expect((await put(TWO_SITES)).status).toBe(400);
    expect((await fixture.read('c1')).secrets).toEqual(oauthApp());
  });

  it('A20: are refused when the metadata is not available, unless the metadata confirmed them before', async () => {
    const secrets = { ...TWO_SITES, issuer: IDP_ORIGIN };
    const { response } = fixture.idp.upstream;
    const away = () => ({ status: 503 });
    fixture.idp.upstream.response = away;
    expect((await post(secrets)).status).toBe(400);
    fixture.idp.upstream.response = () => ({ body: metadataOf(IDP_ORIGIN) });
    expect((await post(secrets)).status).toBe(200);
    fixture.idp.upstream.response = away;
    expect((await put()).status).toBe(200);
    fixture.idp.upstream.response = response;
  });

  it('A20: are saved without a warning when an issuer confirms them', async () => {
    fixture.idp.upstream.response = () => ({ body: metadataOf(IDP_ORIGIN) });
    const created = await post({ ...TWO_SITES, issuer: IDP_ORIGIN });
    expect(created.status).toBe(200);
    expect(created.body).not.toHaveProperty('warnings');
    expect((await get()).body).not.toHaveProperty('warnings');
  });

  it('A20: cause a warning for a preconfigured connector whose config is exposed', async () => {
    expect(warnings(await get('/api/actions/connector/open'))).toHaveLength(1);
    expect((await get('/api/actions/connector/closed')).body).not.toHaveProperty('warnings');
  });
});

describe('a revocation URL at a different origin than the token URL', () => {
  const revocationUrl = 'https://elsewhere.probe.example/revoke';

  it('H114: is refused, and nothing is saved', async () => {
    const created = await post(oauthApp({ revocationUrl }));
    expect([created.status, codeOf(created)]).toMatchObject([
      400,
      { code: 'revocation_url_refused' },
    ]);
    expect((await get()).status).toBe(404);
  });

  it('is saved when the metadata of the issuer names it, and also during a later outage of the issuer', async () => {
    const response = (revocation_endpoint: string) => () => ({
      body: metadataOf(IDP_ORIGIN, {
        authorization_endpoint: `${IDP_ORIGIN}/authorize`,
        revocation_endpoint,
      }),
    });
    const secrets = oauthApp({ issuer: IDP_ORIGIN, revocationUrl });
    fixture.idp.upstream.response = response(`${revocationUrl}/other`);
    expect((await post(secrets)).status).toBe(400);
    fixture.idp.upstream.response = response(revocationUrl);
    expect((await post(secrets)).status).toBe(200);
    expect((await fixture.read('c1')).issuerCheck).toMatchObject({
      revocationEndpoint: revocationUrl,
    });
    fixture.idp.upstream.response = () => ({ status: 503 });
    expect((await put()).status).toBe(200);
  });
});

describe('a warning', () => {
  it('is stored with the connector, and is logged at each save but never at a read', async () => {
    fixture.idp.upstream.response = () => ({ status: 503 });
    const created = await post(UNCHECKED);
    expect(created.status).toBe(200);
    expect(warnings(created)).toEqual([expect.stringContaining('could not be checked')]);
    expect(logged()).toHaveLength(1);
    expect(warnings(await get())).toEqual(warnings(created));
    expect(logged()).toHaveLength(1);
    expect(warnings(await put())).toEqual(warnings(created));
    expect(logged()).toHaveLength(2);
    expect(JSON.stringify(logged())).not.toContain('development-client-secret');
  });

  it('is returned only to users who may edit the connector', async () => {
    fixture.idp.upstream.response = () => ({ status: 503 });
    mayUpdate = false;
    expect(warnings(await post(UNCHECKED))).toHaveLength(1);
    for (const at of [url, '/api/actions/connector/open']) {
      const response = await get(at);
      expect(response.status).toBe(200);
      expect(response.body).not.toHaveProperty('warnings');
      expect(JSON.stringify(response.body)).not.toContain('accounts.google.com');
    }
    mayUpdate = true;
    expect(warnings(await get())).toHaveLength(1);
  });

  it('is not in lists, which read no secrets', async () => {
    fixture.idp.upstream.response = () => ({ status: 503 });
    await post(UNCHECKED);
    const { body } = await fixture.inject<object[]>({
      method: 'GET',
      url: '/api/actions/connectors',
    });
    expect(body.filter((one) => 'warnings' in one)).toEqual([]);
  });
});

describe('the same account id for several users', () => {
  const account = { id: 'everybody', label: 'Everybody' };
  const of = (accountSource: 'id_token' | 'token_response') => ({ account, accountSource });

  it('A33: causes a warning when accountIdPath is configured, because a change of account cannot be detected', async () => {
    await post(oauthApp());
    await fixture.connect('c1', ana, 'default', of('token_response'));
    expect(warnings(await get())).toBeUndefined();
    await fixture.connect('c1', ben, 'default', of('token_response'));
    expect(warnings(await get())).toEqual([expect.stringContaining('[accountIdPath]')]);
    mayUpdate = false;
    expect(warnings(await get())).toBeUndefined();
  });

  it('causes no warning when ID tokens name the account', async () => {
    await post(oauthApp());
    for (const user of [ana, ben]) await fixture.connect('c1', user, 'default', of('id_token'));
    expect(warnings(await get())).toBeUndefined();
  });
});

describe('no warning', () => {
  it.each([
    ['one site', oauthApp()],
    ['a token of the application', clientCredentials],
    ['another auth type', { authType: 'bearer', token: 'development-token' }],
  ])('is returned for a connector with %s', async (_what, secrets) => {
    for (const response of [await post(secrets), await put(), await get()]) {
      expect(response.status).toBe(200);
      expect(response.body).not.toHaveProperty('warnings');
    }
    expect(logged()).toEqual([]);
  });

  it('is returned for secrets that cannot be decrypted', async () => {
    await post(oauthApp());
    const [row] = await fixture.store.getMany(['action:c1'], 'action');
    if (row === undefined) throw new Error('the row was not found');
    const attributes = { ...row.attributes, actionTypeId: '.custom_api' };
    await fixture.store.put({ ...row, attributes }, { visibleToSearch: false });
    const response = await get();
    expect(response.status).toBe(200);
    expect(response.body).not.toHaveProperty('warnings');
  });
});
