import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  type ActionsBench,
  clientCredentials,
  createActionsBench,
  oauthApp,
} from '../execution/actions_bench.mock.ts';
import { IDP_ORIGIN } from '../execution/strict_idp.mock.ts';

const TWO_SITES = oauthApp({ authorizationUrl: 'https://accounts.google.com/o/oauth2/v2/auth' });
const FIXED = { name: 'Fixed', actionTypeId: '.probe', secrets: TWO_SITES };

let bench: ActionsBench;
let mayUpdate: boolean;
beforeEach(async () => {
  mayUpdate = true;
  bench = await createActionsBench({
    missing: (_principal, privilege) => privilege === 'actions:update' && !mayUpdate,
    config: {
      preconfigured: { open: { ...FIXED, exposeConfig: true }, closed: FIXED },
    },
  });
});
afterEach(() => bench.close());

const url = '/api/actions/connector/c1';
const post = (secrets: object) =>
  bench.inject<Record<string, unknown>>({
    method: 'POST',
    url,
    body: { name: 'c1', connector_type_id: '.probe', secrets },
  });
const put = (secrets?: object) =>
  bench.inject<Record<string, unknown>>({ method: 'PUT', url, body: { name: 'c1', secrets } });
const get = (at = url) => bench.inject<Record<string, unknown>>({ method: 'GET', url: at });
const warnings = ({ body }: { readonly body: Record<string, unknown> }) =>
  body['warnings'] as readonly string[] | undefined;
const logged = () => bench.logger.lines.filter(({ level }) => level === 'warn');

describe('endpoints of two sites without an issuer', () => {
  it('A20: are saved with a warning that names both hosts, which stays with the connector', async () => {
    const created = await post(TWO_SITES);
    expect(created.status).toBe(200);
    expect(warnings(created)).toEqual([expect.stringContaining('accounts.google.com')]);
    expect(warnings(created)?.[0]).toContain('idp.probe.example');
    expect(warnings(await get())).toEqual(warnings(created));
    expect(warnings(await put())).toEqual(warnings(created));
  });

  it('A20: put one line into the log with each save, and none with a look', async () => {
    await post(TWO_SITES);
    expect(logged()).toHaveLength(1);
    expect(JSON.stringify(logged())).toContain('accounts.google.com');
    await get();
    expect(logged()).toHaveLength(1);
    await put();
    expect(logged()).toHaveLength(2);
    expect(JSON.stringify(logged())).not.toContain('development-client-secret');
  });

  it('A20: stop being warned of once an issuer ties them together', async () => {
    await post(TWO_SITES);
    bench.idp.upstream.answer = () => ({
      body: {
        issuer: IDP_ORIGIN,
        authorization_endpoint: TWO_SITES.authorizationUrl,
        token_endpoint: TWO_SITES.tokenUrl,
      },
    });
    expect((await put({ ...TWO_SITES, issuer: IDP_ORIGIN })).body).not.toHaveProperty('warnings');
    expect((await get()).body).not.toHaveProperty('warnings');
  });

  it('A20: are shown of a preconfigured connector only where its config is', async () => {
    expect(warnings(await get('/api/actions/connector/open'))).toHaveLength(1);
    expect((await get('/api/actions/connector/closed')).body).not.toHaveProperty('warnings');
  });

  it('A20: are shown by a look only to those who may change the connector', async () => {
    mayUpdate = false;
    expect(warnings(await post(TWO_SITES))).toHaveLength(1);
    for (const at of [url, '/api/actions/connector/open']) {
      const answer = await get(at);
      expect(answer.status).toBe(200);
      expect(answer.body).not.toHaveProperty('warnings');
      expect(JSON.stringify(answer.body)).not.toContain('accounts.google.com');
    }
    mayUpdate = true;
    expect(warnings(await get())).toHaveLength(1);
  });

  it('are left out of lists, which read no secrets', async () => {
    await post(TWO_SITES);
    const { body } = await bench.inject<object[]>({
      method: 'GET',
      url: '/api/actions/connectors',
    });
    expect(body.filter((one) => 'warnings' in one)).toEqual([]);
  });
});

describe('nothing to warn of', () => {
  it.each([
    ['one site', oauthApp()],
    ['a token of the application', clientCredentials],
    ['another auth type', { authType: 'bearer', token: 'development-token' }],
    [
      'settings that are not complete, which executions report',
      { ...TWO_SITES, revocationUrl: 'http://localhost:1/revoke' },
    ],
  ])('in a connector with %s', async (_what, secrets) => {
    for (const answer of [await post(secrets), await put(), await get()]) {
      expect(answer.status).toBe(200);
      expect(answer.body).not.toHaveProperty('warnings');
    }
    expect(logged()).toEqual([]);
  });

  it('in secrets that nobody can read any more', async () => {
    await post(TWO_SITES);
    const [row] = await bench.store.getMany(['action:c1'], 'action');
    if (row === undefined) throw new Error('no row');
    const attributes = { ...row.attributes, actionTypeId: '.http' };
    await bench.store.put({ ...row, attributes }, { visibleToSearch: false });
    const answer = await get();
    expect(answer.status).toBe(200);
    expect(answer.body).not.toHaveProperty('warnings');
  });
});
