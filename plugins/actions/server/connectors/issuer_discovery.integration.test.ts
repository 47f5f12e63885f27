import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { requireReadable } from '../connector_data/index.ts';
import {
  type ActionsFixture,
  createActionsFixture,
  oauthApp,
} from '../execution/actions_fixture.mock.ts';
import { IDP_ORIGIN } from '../execution/strict_idp.mock.ts';
import type { UpstreamResponse } from '../execution/upstream.mock.ts';

const METADATA = {
  issuer: IDP_ORIGIN,
  authorization_endpoint: `${IDP_ORIGIN}/authorize`,
  token_endpoint: `${IDP_ORIGIN}/token`,
};
const PROMISE = { authorization_response_iss_parameter_supported: true };
const DOWN: UpstreamResponse = { status: 503 };

let fixture: ActionsFixture;
let asked: string[];
beforeEach(async () => {
  fixture = await createActionsFixture();
  asked = [];
});
afterEach(() => fixture.close());

const url = '/api/actions/connector/c1';
const stated = (over: object = {}) => ({ ...oauthApp({ issuer: IDP_ORIGIN }), ...over });
/** Sets the response of both metadata URLs of the authorization server. */
const publish = (response: UpstreamResponse) => {
  fixture.idp.upstream.response = ({ url: path }) => {
    asked.push(path);
    return path.includes('/.well-known/') ? response : { status: 404 };
  };
};
const publishes = (over: object = {}) => publish({ body: { ...METADATA, ...over } });
const post = (secrets: object = stated()) =>
  fixture.inject<Record<string, unknown>>({
    method: 'POST',
    url,
    body: { name: 'c1', connector_type_id: '.probe', secrets },
  });
const put = (secrets?: object) =>
  fixture.inject<Record<string, unknown>>({ method: 'PUT', url, body: { name: 'New', secrets } });
const get = () => fixture.inject<Record<string, unknown>>({ method: 'GET', url });
/** Resolves to `true` if an authorization response without `iss` would be refused. */
const demandsIss = async (): Promise<boolean> => {
  const { clients, connectorReader: connectors } = fixture.services;
  const connector = requireReadable(await connectors.find('c1', 'default'));
  if (connector === undefined) throw new Error('the connector was not found');
  try {
    clients.forConnector(connector).checkIssuer(undefined);
    return false;
  } catch {
    return true;
  }
};

describe('metadata that matches the settings', () => {
  it('A18: makes `iss` mandatory in responses, without a warning, when the metadata promises it', async () => {
    publishes(PROMISE);
    const { status, body } = await post();
    expect([status, body['warnings']]).toEqual([200, undefined]);
    expect(asked).toEqual(['/.well-known/openid-configuration']);
    expect(await demandsIss()).toBe(true);
    expect((await get()).text).not.toContain('issuerCheck');
  });

  it('A18: does not make `iss` mandatory when the metadata does not promise it', async () => {
    publishes();
    await post();
    expect(await demandsIss()).toBe(false);
  });

  it('A18: makes `iss` mandatory at the next save, and optional when the issuer is removed', async () => {
    await post(oauthApp());
    expect(await demandsIss()).toBe(false);
    publishes(PROMISE);
    await put(stated());
    expect(await demandsIss()).toBe(true);
    await put(oauthApp());
    expect(await demandsIss()).toBe(false);
  });

  it('A18: keeps `iss` mandatory after a rename, even while the metadata is unavailable', async () => {
    publishes(PROMISE);
    await post();
    publish(DOWN);
    const { status, body } = await put();
    expect([status, body['name']]).toEqual([200, 'New']);
    expect(body['warnings']).toEqual([expect.stringContaining('not available')]);
    expect(await demandsIss()).toBe(true);
    publishes(PROMISE);
    expect((await put()).body).not.toHaveProperty('warnings');
    expect(await demandsIss()).toBe(true);
  });

  it('is requested when a connector is saved, and never when it is read or executed', async () => {
    publishes(PROMISE);
    await post();
    asked = [];
    await get();
    await fixture.execute('c1', { subAction: 'get' });
    expect(asked).toEqual([]);
  });

  it('is not requested without an issuer or for another auth type', async () => {
    publishes();
    await post(oauthApp());
    expect(asked).toEqual([]);
  });

  it('A20: warns if a path differs, and ignores query strings', async () => {
    publishes({ token_endpoint: `${IDP_ORIGIN}/v2/token` });
    const authorizationUrl = `${IDP_ORIGIN}/authorize?audience=api`;
    const { status, body } = await post(stated({ authorizationUrl }));
    expect(status).toBe(200);
    expect(body['warnings']).toEqual([expect.stringMatching(/token URL .* idp\.probe\.example/)]);
    expect((await get()).body['warnings']).toEqual(body['warnings']);
  });
});

describe('metadata that contradicts the settings', () => {
  const refusal = (code: string) => ({ statusCode: 400, attributes: { code } });

  it('A19: refuses a connector if its metadata names another issuer, with a message that names both', async () => {
    publishes({ issuer: `${IDP_ORIGIN}/realms/people` });
    const { body } = await post();
    expect(body).toMatchObject(refusal('issuer_mismatch'));
    expect(body['message']).toContain(`[${IDP_ORIGIN}]`);
    expect(body['message']).toContain(`[${IDP_ORIGIN}/realms/people]`);
    expect((await get()).status).toBe(404);
  });

  it.each([
    ['an authorization URL', { authorization_endpoint: 'https://other.example/authorize' }],
    ['a token URL', { token_endpoint: 'https://other.example/token' }],
  ])('A19: refuses %s whose origin differs from the metadata', async (what, over) => {
    publishes(over);
    const { body } = await post();
    expect(body).toMatchObject(refusal('endpoint_mismatch'));
    expect(body['message']).toContain(what.replace(/^an? /, 'The '));
    expect(body['message']).toContain('[https://other.example]');
    expect(body['message']).toContain(`[${IDP_ORIGIN}]`);
    expect((await get()).status).toBe(404);
  });

  it('A21: refuses a provider whose metadata lists PKCE methods without S256', async () => {
    publishes({ code_challenge_methods_supported: ['plain'] });
    expect((await post()).body).toMatchObject(refusal('pkce_s256_unsupported'));
  });

  it('A19: leaves the connector unchanged when the metadata contradicts an update', async () => {
    await post(oauthApp());
    publishes({ issuer: 'https://evil.example' });
    expect((await put(stated())).body).toMatchObject(refusal('issuer_mismatch'));
    expect((await get()).body).toMatchObject({ name: 'c1' });
    expect((await fixture.read('c1')).secrets).not.toHaveProperty('issuer');
  });
});

describe('metadata that is not available', () => {
  it.each<[string, UpstreamResponse, string]>([
    ['does not exist', { status: 404 }, 'publishes no valid metadata'],
    ['responds with 503', DOWN, 'not available'],
    [
      'is an HTML page',
      { body: '<html></html>', headers: { 'content-type': 'text/html' } },
      'publishes',
    ],
    ['redirects', { status: 302, headers: { location: '/elsewhere' } }, 'redirects'],
    ['lacks an endpoint', { body: { issuer: IDP_ORIGIN } }, 'no valid metadata'],
  ])('saves the connector with a warning when it %s', async (_what, response, reason) => {
    publish(response);
    const { status, body } = await post();
    expect(status).toBe(200);
    expect(body['warnings']).toEqual([expect.stringContaining(reason)]);
    expect(String(body['warnings'])).toContain('idp.probe.example');
    expect((await get()).body['warnings']).toEqual(body['warnings']);
    expect(await demandsIss()).toBe(false);
  });

  it('advises the administrator to correct the issuer after a 404, and to save again after a 503', async () => {
    publish({ status: 404 });
    expect(String((await post()).body['warnings'])).toMatch(/correct the issuer.*\/\.well-known\//);
    publish(DOWN);
    const warnings = String((await put(stated())).body['warnings']);
    expect(warnings).toContain('Save the connector again');
    expect(warnings).not.toContain('correct the issuer');
  });

  it('saves the connector with a warning when this server may not reach the issuer', async () => {
    const { status, body } = await post(stated({ issuer: 'https://not-allowed.example/tenant' }));
    expect(status).toBe(200);
    expect(body['warnings']).toEqual([expect.stringContaining('may not reach')]);
    expect(String(body['warnings'])).not.toContain('/tenant');
  });

  it('does not make `iss` mandatory when only another issuer promised it', async () => {
    publishes(PROMISE);
    await post();
    publish(DOWN);
    await put(stated({ issuer: `${IDP_ORIGIN}/other` }));
    expect(await demandsIss()).toBe(false);
  });
});
