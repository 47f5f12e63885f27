import { describe, expect, it } from 'vitest';
import { endpointRefusals } from './authorization_code.ts';
import { createProviderClients } from './provider_clients.ts';
import { aConnector, fakeEgress, someDeps } from './strategies.mock.ts';

const { signal } = new AbortController();
const EXCHANGE = { code: 'c', codeVerifier: 'v', redirectUri: 'https://l.example/cb', signal };

/** Creates the client of a connector whose editor entered provider data. */
function connect(data: object | undefined, secrets: Record<string, unknown> = {}) {
  const egress = fakeEgress(() => Response.json({ access_token: 'a', token_type: 'bearer' }));
  const deps = someDeps({ egress, findConnectorType: () => ({ providerDataField: 'facts' }) });
  const connector = aConnector({
    config: { ...aConnector().config, facts: data === undefined ? '' : JSON.stringify(data) },
    secrets: { ...aConnector().secrets, ...secrets },
  });
  const trustedRevocationOrigins = new Set<string>();
  return {
    egress,
    create: () => createProviderClients(deps).forConnector(connector),
    /** Reasons to refuse the connector when it is saved. */
    refusals: () =>
      endpointRefusals(connector, { providerDataField: 'facts' }, { trustedRevocationOrigins }),
  };
}

describe('the provider data of a connector', () => {
  it('set the format of token requests, the separator of scopes, and the lifetime of tokens', async () => {
    const { egress, create } = connect({
      authorize: { scope: { separator: ',' } },
      token: { format: 'json', fields: { expires_in: 3600 }, headers: { 'x-version': '2' } },
      lifetime: { defaultSeconds: null, idleLimitDays: 30 },
    });
    const client = create();
    expect(client).toMatchObject({ defaultLifetimeSeconds: undefined, idleLimitDays: 30 });
    const request = { redirectUri: 'https://l.example/cb', state: 's', codeChallenge: 'c' };
    const url = new URL(client.buildAuthorizationUrl(request));
    expect(url.searchParams.get('scope')).toBe('read,write');
    await client.exchangeCode(EXCHANGE);
    const { body, headers } = egress.sent[0]?.init ?? {};
    expect(JSON.parse(String(body))).toMatchObject({
      grant_type: 'authorization_code',
      expires_in: 3600,
    });
    expect(new Headers(headers).get('x-version')).toBe('2');
  });

  it('change nothing if they are empty', () => {
    const { create } = connect(undefined);
    expect(create()).toMatchObject({ defaultLifetimeSeconds: 3600 });
    expect(create().configuration).not.toHaveProperty('provider');
  });

  it('leave the fingerprint unchanged when they are entered, so users stay connected', () => {
    const before = connect(undefined).create().fingerprint;
    expect(connect({ token: { format: 'json' } }).create().fingerprint).toBe(before);
  });

  it('H114: are refused with a refresh endpoint of another server', () => {
    const refreshUrl = 'https://evil.example/refresh';
    expect(() => connect({ token: { refreshUrl } }).create()).toThrow(
      expect.objectContaining({ code: 'endpoints_not_confirmed' }),
    );
    const own = { token: { refreshUrl: 'https://auth.example.com/refresh' } };
    expect(() => connect(own).create()).not.toThrow();
  });

  it('A20: do not confirm endpoints on two sites', () => {
    const other = { tokenUrl: 'https://evil.example/token' };
    for (const data of [undefined, { token: { format: 'json' } }]) {
      expect(() => connect(data, other).create()).toThrow(
        expect.objectContaining({ code: 'endpoints_not_confirmed' }),
      );
    }
  });

  it.each([
    { authentication: 'token', format: 'none' },
    { authentication: 'client_secret_basic', format: 'none', pathSegments: ['{token}'] },
    { authentication: 'client_secret_basic', format: 'none', query: { token: '{token}' } },
  ])('H114: do not confirm a revocation URL on another origin with the request %j', (request) => {
    const secrets = { revocationUrl: 'https://evil.example/revoke' };
    expect(connect({ revocation: { request } }, secrets).create().configuration).toMatchObject({
      revocationEndpoint: undefined,
    });
  });

  it.each([
    ['a refresh endpoint of another server', { token: { refreshUrl: 'https://evil.example/r' } }],
    [
      'a revocation request without the token',
      { revocation: { request: { authentication: 'client_secret_basic', format: 'none' } } },
    ],
  ])('are refused with %s when they are saved, at their field', (_, data) => {
    expect(connect(data).refusals()).toMatchObject([{ field: 'config.facts' }]);
  });

  it.each([
    { authentication: 'token', format: 'none' },
    { authentication: 'client_secret_basic', format: 'json', fields: { a: '{token}' } },
    { authentication: 'client_secret_post', format: 'form', query: { a: '{token}' } },
    { authentication: 'client_secret_basic', format: 'none', pathSegments: ['t', '{token}'] },
  ])('are accepted with the revocation request %j', (request) => {
    expect(connect({ revocation: { request } }).refusals()).toEqual([]);
  });
});
