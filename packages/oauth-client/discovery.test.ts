import { describe, expect, it } from 'vitest';
import { discoverMetadata } from './discovery.ts';
import { fakeIo, json } from './oauth_client.mock.ts';

const ISSUER = 'https://auth.example.com/tenant';
const DOCUMENT = {
  issuer: ISSUER,
  authorization_endpoint: 'https://auth.example.com/authorize',
  token_endpoint: 'https://auth.example.com/token',
  revocation_endpoint: 'https://auth.example.com/revoke',
  authorization_response_iss_parameter_supported: true,
  code_challenge_methods_supported: ['S256', 'plain'],
  something_else: 1,
};
const discover = (document: unknown, init?: ResponseInit) =>
  discoverMetadata(ISSUER, fakeIo(() => json(document, init)).io);

describe('the discovery of metadata', () => {
  it('reads the metadata that a client uses', async () => {
    expect(await discover(DOCUMENT)).toEqual({
      issuer: ISSUER,
      authorizationEndpoint: DOCUMENT.authorization_endpoint,
      tokenEndpoint: DOCUMENT.token_endpoint,
      revocationEndpoint: DOCUMENT.revocation_endpoint,
      isPublishedByOrigin: false,
      issuerRequiredInResponse: true,
      tokenEndpointAuthMethods: undefined,
      scopes: undefined,
    });
  });

  it('requests the location of RFC 8414 when that of OpenID Connect has no metadata', async () => {
    const { io, sent } = fakeIo(({ url }) =>
      url.includes('oauth-authorization-server')
        ? json(DOCUMENT)
        : new Response('no', { status: 404 }),
    );
    await discoverMetadata(ISSUER, io);
    expect(sent.map(({ url }) => url)).toEqual([
      'https://auth.example.com/tenant/.well-known/openid-configuration',
      'https://auth.example.com/.well-known/oauth-authorization-server/tenant',
    ]);
  });

  describe('for an issuer with a path whose metadata names other origins', () => {
    const FOREIGN = { ...DOCUMENT, revocation_endpoint: 'https://evil.example/revoke' };
    const published = (atRoot: () => Response) =>
      discoverMetadata(
        ISSUER,
        fakeIo(({ url }) =>
          url === 'https://auth.example.com/.well-known/oauth-authorization-server/tenant'
            ? atRoot()
            : json(FOREIGN),
        ).io,
      );

    it('H114: uses the metadata at the root of the origin instead', async () => {
      expect(await published(() => json(DOCUMENT))).toMatchObject({
        isPublishedByOrigin: true,
        revocationEndpoint: DOCUMENT.revocation_endpoint,
      });
    });

    it.each<[string, () => Response]>([
      ['publishes no metadata', () => new Response('no', { status: 404 })],
      ['redirects', () => new Response(null, { status: 302, headers: { location: '/login' } })],
      ['describes another issuer', () => json({ ...DOCUMENT, issuer: 'https://auth.example.com' })],
      ['is not available', () => new Response('no', { status: 503 })],
      ['returns text', () => new Response(JSON.stringify(DOCUMENT))],
    ])(
      'H114: does not treat the metadata as that of the origin when the root of the origin %s',
      async (_what, atRoot) => {
        expect(await published(atRoot)).toMatchObject({
          isPublishedByOrigin: false,
          revocationEndpoint: FOREIGN.revocation_endpoint,
        });
      },
    );
  });

  it('sends one request when all endpoints are on the origin of the issuer, or when the issuer has no path', async () => {
    const { io, sent } = fakeIo(() => json(DOCUMENT));
    expect(await discoverMetadata(ISSUER, io)).toMatchObject({ isPublishedByOrigin: false });
    expect(sent).toHaveLength(1);
    const issuer = 'https://auth.example.com';
    const root = fakeIo(() =>
      json({ ...DOCUMENT, issuer, revocation_endpoint: 'https://r.test/' }),
    );
    expect(await discoverMetadata(issuer, root.io)).toMatchObject({ isPublishedByOrigin: true });
    expect(root.sent).toHaveLength(1);
  });

  it.each(['text/plain; charset=utf-8', 'application/octet-stream', 'application/jsonp', ''])(
    'H114: rejects metadata with the content type %j',
    async (type) => {
      const headers = type === '' ? {} : { 'content-type': type };
      const text = () => new Response(Buffer.from(JSON.stringify(DOCUMENT)), { headers });
      await expect(discoverMetadata(ISSUER, fakeIo(text).io)).rejects.toMatchObject({
        code: 'provider_error',
      });
    },
  );

  it.each(['application/json;charset=UTF-8', 'Application/JSON', 'application/jrd+json'])(
    'accepts metadata with the content type %j',
    async (type) => {
      expect(await discover(DOCUMENT, { headers: { 'content-type': type } })).toMatchObject({
        issuer: ISSUER,
      });
    },
  );

  it.each(['https://evil.example', `${ISSUER}/`, ISSUER.toUpperCase()])(
    'A19: rejects a document with the issuer %s',
    async (issuer) => {
      await expect(discover({ ...DOCUMENT, issuer })).rejects.toMatchObject({
        code: 'issuer_mismatch',
        kind: 'misconfigured',
        foundIssuer: issuer.startsWith('https:') ? issuer : undefined,
      });
    },
  );

  it.each([
    'https://evil.example/\u202e',
    'https://evil.example/\nLog in again',
    'javascript:alert(1)',
    `https://evil.example/${'x'.repeat(300)}`,
  ])('A19: displays nothing of a foreign issuer that is not a plain URL: %j', async (issuer) => {
    const refusal = await discover({ ...DOCUMENT, issuer }).catch((error: unknown) => error);
    expect(refusal).toMatchObject({ code: 'issuer_mismatch', foundIssuer: undefined });
    expect(String(refusal)).not.toContain('evil');
  });

  it('A19: rejects metadata of a foreign issuer, even when the other members are missing', async () => {
    await expect(discover({ issuer: 'https://evil.example' })).rejects.toMatchObject({
      code: 'issuer_mismatch',
    });
  });

  it('A21: rejects a server that lists PKCE methods without S256', async () => {
    const document = { ...DOCUMENT, code_challenge_methods_supported: ['plain'] };
    await expect(discover(document)).rejects.toMatchObject({
      code: 'pkce_s256_unsupported',
      kind: 'misconfigured',
    });
  });

  it('accepts a server that lists no PKCE methods, because S256 is always sent', async () => {
    const { code_challenge_methods_supported: _methods, ...document } = DOCUMENT;
    expect(await discover(document)).toMatchObject({ issuer: ISSUER });
  });

  it.each([
    ['without a token endpoint', { ...DOCUMENT, token_endpoint: undefined }],
    ['with a script as an endpoint', { ...DOCUMENT, authorization_endpoint: 'javascript:1' }],
    ['that is a list', [DOCUMENT]],
  ])('C49: rejects a document %s', async (_what, document) => {
    await expect(discover(document)).rejects.toMatchObject({ code: 'provider_error' });
  });

  it('C49: rejects an HTML page, a redirect and an issuer that is not a URL', async () => {
    const page = () => new Response('<html>', { headers: { 'content-type': 'text/html' } });
    await expect(discoverMetadata(ISSUER, fakeIo(page).io)).rejects.toMatchObject({
      kind: 'misconfigured',
    });
    await expect(discover({}, { status: 302 })).rejects.toMatchObject({ kind: 'misconfigured' });
    await expect(discoverMetadata('nonsense', fakeIo(page).io)).rejects.toMatchObject({
      kind: 'misconfigured',
    });
  });

  it.each([503, 429, 408])('fails temporarily with HTTP %i', async (status) => {
    await expect(discover({}, { status })).rejects.toMatchObject({
      code: 'provider_unavailable',
      kind: 'transient',
    });
  });

  it('fails as misconfigured when egress rejects the request', async () => {
    const { io } = fakeIo(() => {
      throw Object.assign(new Error('no'), { name: 'EgressError', code: 'response_too_large' });
    });
    await expect(discoverMetadata(ISSUER, io)).rejects.toMatchObject({
      code: 'malformed_response',
    });
  });
});
