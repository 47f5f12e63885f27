import type { OAuthClientConfiguration } from '@latchkey/oauth-client';
import { aLocalProvider } from '@latchkey/oauth-providers/mocks';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DecryptedConnector } from '../../connector_data/index.ts';
import { endpointRefusals } from './authorization_code.ts';
import { endpointsHash } from './issuer_check.ts';
import type { ProviderClientDeps } from './protocol_calls.ts';
import { createProviderClients } from './provider_clients.ts';
import { isSameOrigin } from './same_site.ts';
import { aCheck, aConnector, fakeEgress, someDeps } from './strategies.mock.ts';

const EVIL = 'https://evil.example';
const HONEST = {
  authorizationUrl: 'https://auth.example.com/authorize',
  tokenUrl: 'https://auth.example.com/token',
};
const TWO_SITES = {
  authorizationUrl: 'https://accounts.google.com/o/oauth2/v2/auth',
  tokenUrl: 'https://oauth2.googleapis.com/token',
};

type Secrets = Readonly<Record<string, unknown>>;
const withSecrets = (over: Secrets, more: Partial<DecryptedConnector> = {}): DecryptedConnector =>
  aConnector({ secrets: { ...aConnector().secrets, ...over }, ...more });
const clientOf = (connector: DecryptedConnector, deps: Partial<ProviderClientDeps> = {}) =>
  createProviderClients(someDeps(deps)).forConnector(connector);
const refusalsOf = (connector: DecryptedConnector, trusted: readonly string[] = []) =>
  endpointRefusals(connector, undefined, { trustedRevocationOrigins: new Set(trusted) }).map(
    ({ code }) => code,
  );
const checkOf = (
  issuer: string,
  endpoints: typeof HONEST,
  over: Parameters<typeof aCheck>[0] = {},
) => aCheck({ issuer, endpoints: endpointsHash(endpoints), ...over });

describe('a revocation URL', () => {
  const endpointOf = (connector: DecryptedConnector, deps: Partial<ProviderClientDeps> = {}) =>
    clientOf(connector, deps).configuration;

  it('is used if it is on the origin of the token URL', () => {
    const revocationUrl = 'https://auth.example.com/revoke';
    const connector = withSecrets({ revocationUrl });
    expect(refusalsOf(connector)).toEqual([]);
    expect(endpointOf(connector)).toMatchObject({ revocationEndpoint: revocationUrl });
  });

  it.each([
    ['another host of the site', 'https://collector.example.com/revoke'],
    ['another port', 'https://auth.example.com:8443/revoke'],
    ['http', 'http://auth.example.com/revoke'],
    ['another site', `${EVIL}/revoke`],
  ])('H114: is refused, and gets no token, on %s', (_what, revocationUrl) => {
    const connector = withSecrets({ revocationUrl });
    const egress = fakeEgress();
    expect(refusalsOf(connector)).toEqual(['revocation_url_refused']);
    const client = clientOf(connector, { egress });
    expect(client.configuration).toMatchObject({ revocationEndpoint: undefined });
    expect(client.warnings).toEqual([expect.stringContaining('trustedRevocationOrigins')]);
  });

  it('H114: is refused on the site of the authorization URL, even on a shared hosting domain', () => {
    for (const [attacker, idp] of [
      ['https://attacker.azurewebsites.net', 'https://idp-corp.azurewebsites.net'],
      [EVIL, 'https://idp.example.com'],
    ]) {
      const connector = withSecrets({
        authorizationUrl: `${attacker}/authorize`,
        tokenUrl: `${idp}/token`,
        revocationUrl: `${attacker}/revoke`,
      });
      expect(refusalsOf(connector)).toEqual(['endpoints_not_confirmed', 'revocation_url_refused']);
      expect(() => clientOf(connector)).toThrow(
        expect.objectContaining({ code: 'endpoints_not_confirmed' }),
      );
      const { configuration } = createProviderClients(someDeps()).resolveRevocationClient(
        connector,
      );
      expect(configuration).toMatchObject({ revocationEndpoint: undefined });
    }
  });

  it('is used on another origin when the metadata of a confirmed issuer names exactly this URL', () => {
    const revocationUrl = 'https://revoke.example.net/revoke';
    const issuer = 'https://auth.example.com';
    const confirmed = withSecrets(
      { issuer, revocationUrl },
      { issuerCheck: checkOf(issuer, HONEST, { revocationEndpoint: revocationUrl }) },
    );
    expect(endpointOf(confirmed)).toMatchObject({
      revocationEndpoint: revocationUrl,
      revocationVoucher: 'issuer',
    });
    for (const over of [
      { isConfirmed: false },
      { endpoints: 'others' },
      { issuer: 'https://other.example.com' },
      { revocationEndpoint: `${revocationUrl}/2` },
      { revocationEndpoint: undefined },
    ]) {
      const issuerCheck = checkOf(issuer, HONEST, { revocationEndpoint: revocationUrl, ...over });
      expect(refusalsOf({ ...confirmed, issuerCheck })).toEqual(['revocation_url_refused']);
    }
  });

  it('H114: is refused when only the metadata of an unrelated issuer confirms it', () => {
    const revocationUrl = `${EVIL}/revoke`;
    const over = { revocationEndpoint: revocationUrl };
    const connector = withSecrets(
      { issuer: EVIL, revocationUrl },
      { issuerCheck: checkOf(EVIL, HONEST, over) },
    );
    expect(refusalsOf(connector)).toEqual(['revocation_url_refused']);
    // Metadata of the issuer counts if it promises `iss` in every response (RFC 9207), because an
    // honest provider never names another issuer.
    const promising = {
      ...connector,
      issuerCheck: checkOf(EVIL, HONEST, { ...over, issuerRequiredInResponse: true }),
    };
    const client = clientOf(promising);
    for (const iss of [undefined, 'https://auth.example.com']) {
      expect(() => client.checkIssuer(iss)).toThrow(
        expect.objectContaining({ code: expect.stringMatching(/^issuer_/) }),
      );
    }
    expect(client.fingerprint).not.toBe(clientOf(withSecrets({})).fingerprint);
  });

  it('H114: is refused on another site if the only proof is an issuer that promises `iss` in responses', () => {
    const issuer = 'https://auth.example.com/attacker/repo/-/raw/main';
    const revocationUrl = `${EVIL}/revoke`;
    const promising = { revocationEndpoint: revocationUrl, issuerRequiredInResponse: true };
    const of = (over: Parameters<typeof aCheck>[0]) =>
      withSecrets(
        { issuer, revocationUrl },
        { issuerCheck: checkOf(issuer, HONEST, { ...promising, ...over }) },
      );
    expect(refusalsOf(of({}))).toEqual(['revocation_url_refused']);
    expect(endpointOf(of({}))).toMatchObject({ revocationEndpoint: undefined });
    expect(refusalsOf(of({}), [EVIL])).toEqual([]);
    expect(refusalsOf(of({ isPublishedByOrigin: true }))).toEqual([]);
  });

  it('H114: is refused if the path of its issuer may be content of a user', () => {
    const issuer = 'https://auth.example.com/attacker/repo/-/raw/main';
    const revocationUrl = 'https://attacker.example.com/revoke';
    const of = (over: Parameters<typeof aCheck>[0]) =>
      withSecrets(
        { issuer, revocationUrl },
        { issuerCheck: checkOf(issuer, HONEST, { revocationEndpoint: revocationUrl, ...over }) },
      );
    for (const over of [{}, { isPublishedByOrigin: false }])
      expect(refusalsOf(of(over))).toEqual(['revocation_url_refused']);
    for (const over of [{ isPublishedByOrigin: true }, { issuerRequiredInResponse: true }])
      expect(refusalsOf(of(over))).toEqual([]);
  });

  it('is used on an origin that an operator trusts, and refused on others', () => {
    const connector = withSecrets({ revocationUrl: 'https://revoke.example.net/revoke' });
    expect(refusalsOf(connector, ['https://revoke.example.net'])).toEqual([]);
    expect(refusalsOf(connector, ['https://example.net', 'http://revoke.example.net'])).toEqual([
      'revocation_url_refused',
    ]);
    const trustedRevocationOrigins = new Set(['https://revoke.example.net']);
    expect(endpointOf(connector, { trustedRevocationOrigins })).toMatchObject({
      revocationEndpoint: 'https://revoke.example.net/revoke',
    });
  });

  it('H114: is used from a stored configuration only if its origin is confirmed', async () => {
    const { configuration } = clientOf(aConnector());
    if (configuration.dialect !== 'standard') throw new Error('not standard');
    const stored = { ...configuration, revocationEndpoint: `${EVIL}/revoke` };
    const revoked = async (
      configuration: OAuthClientConfiguration,
      deps: Partial<ProviderClientDeps> = {},
    ) => {
      const egress = fakeEgress();
      const client = createProviderClients(someDeps({ egress, ...deps })).forConfiguration(
        configuration,
      );
      return [await client.revoke('token-1', 'refresh_token'), egress.sent.length];
    };
    expect(await revoked(stored)).toEqual(['unsupported', 0]);
    expect(await revoked({ ...stored, revocationVoucher: 'issuer' })).toEqual(['revoked', 1]);
    expect(await revoked({ ...stored, revocationVoucher: 'operator' })).toEqual(['revoked', 1]);
    const trustedRevocationOrigins = new Set([EVIL]);
    expect(await revoked(stored, { trustedRevocationOrigins })).toEqual(['revoked', 1]);
  });
});

describe('authorization and token URLs on two domains', () => {
  it('A20: are refused if no source confirms that they belong to the same provider', () => {
    const connector = withSecrets(TWO_SITES);
    expect(refusalsOf(connector)).toEqual(['endpoints_not_confirmed']);
    expect(() => clientOf(connector)).toThrow(/accounts\.google\.com.*oauth2\.googleapis\.com/);
  });

  it('A20: are refused if their issuer comes only from the connector type, or was not confirmed', () => {
    const issuer = 'https://accounts.google.com';
    expect(() =>
      clientOf(withSecrets(TWO_SITES), {
        findConnectorType: () => ({ provider: aLocalProvider({ issuer }) }),
      }),
    ).toThrow(expect.objectContaining({ code: 'endpoints_not_confirmed' }));
    expect(refusalsOf(withSecrets({ ...TWO_SITES, issuer }))).toEqual(['endpoints_not_confirmed']);
  });

  it('A20: are accepted if the connector type contains them', () => {
    const types = [{ type: 'oauth_authorization_code', defaults: TWO_SITES }];
    expect(() =>
      clientOf(withSecrets(TWO_SITES), { findConnectorType: () => ({ auth: { types } }) }),
    ).not.toThrow();
    for (const name of ['authorizationUrl', 'tokenUrl']) {
      expect(() =>
        clientOf(withSecrets({ ...TWO_SITES, [name]: `${EVIL}/x` }), {
          findConnectorType: () => ({ auth: { types } }),
        }),
      ).toThrow(expect.objectContaining({ code: 'endpoints_not_confirmed' }));
    }
  });

  it('A20: are accepted if their issuer owns the token URL, or promises `iss` in every response', () => {
    const owner = 'https://oauth2.googleapis.com';
    const issuerCheck = checkOf(owner, TWO_SITES);
    expect(refusalsOf(withSecrets({ ...TWO_SITES, issuer: owner }, { issuerCheck }))).toEqual([]);
    const issuer = 'https://accounts.google.com';
    const named = (issuerRequiredInResponse: boolean) =>
      withSecrets(
        { ...TWO_SITES, issuer },
        { issuerCheck: checkOf(issuer, TWO_SITES, { issuerRequiredInResponse }) },
      );
    expect(refusalsOf(named(true))).toEqual([]);
    expect(refusalsOf(named(false))).toEqual(['endpoints_not_confirmed']);
  });

  it('A20: are refused if the path of their issuer may be content of a user', () => {
    const issuer = `${new URL(TWO_SITES.tokenUrl).origin}/attacker/raw`;
    const of = (over: Parameters<typeof aCheck>[0]) =>
      withSecrets(
        { ...TWO_SITES, issuer },
        { issuerCheck: checkOf(issuer, TWO_SITES, { isPublishedByOrigin: false, ...over }) },
      );
    expect(refusalsOf(of({}))).toEqual(['endpoints_not_confirmed']);
    expect(refusalsOf(of({ isPublishedByOrigin: true }))).toEqual([]);
    expect(refusalsOf(of({ issuerRequiredInResponse: true }))).toEqual([]);
  });

  it.each([
    ['Keycloak', 'https://sso.example.com/realms/x', '/realms/x/protocol/openid-connect'],
    ['Microsoft', 'https://login.microsoftonline.com/t/v2.0', '/t/oauth2/v2.0'],
  ])(
    'need no confirmation when the issuer and the endpoints have one origin: %s',
    (_what, issuer, path) => {
      const at = `${new URL(issuer).origin}${path}`;
      const endpoints = { authorizationUrl: `${at}/auth`, tokenUrl: `${at}/token` };
      const revocationUrl = `${at}/revoke`;
      const issuerCheck = checkOf(issuer, endpoints, { revocationEndpoint: revocationUrl });
      const connector = withSecrets({ ...endpoints, issuer, revocationUrl }, { issuerCheck });
      expect(refusalsOf(connector)).toEqual([]);
      expect(clientOf(connector).configuration).toMatchObject({
        revocationEndpoint: revocationUrl,
      });
    },
  );

  it('A20: are accepted in the configuration file, which belongs to the operator', () => {
    expect(refusalsOf(withSecrets(TWO_SITES, { isPreconfigured: true }))).toEqual([]);
  });

  it('are accepted on two hosts of the same domain', () => {
    expect(refusalsOf(withSecrets({ tokenUrl: 'https://tokens.example.com/token' }))).toEqual([]);
  });
});

describe('the fingerprint of a client', () => {
  const ORIGINS = [
    'https://auth.example.com',
    'https://a.example.com',
    EVIL,
    'http://auth.example.com',
  ];
  const origin = fc.constantFrom(...ORIGINS);

  it('C48: differs between two clients whose tokens are revoked at different origins', () => {
    fc.assert(
      fc.property(
        fc.record({ revokes: origin, authorize: origin, other: origin }),
        ({ revokes, authorize, other }) => {
          const [one, two] = [revokes, other].map((at) => {
            const endpoints = { ...HONEST, authorizationUrl: `${authorize}/authorize` };
            const [issuer, revocationUrl] = ['https://auth.example.com', `${at}/revoke`];
            const issuerCheck = checkOf(issuer, endpoints, { revocationEndpoint: revocationUrl });
            return clientOf(withSecrets({ ...endpoints, issuer, revocationUrl }, { issuerCheck }));
          });
          return (one?.fingerprint === two?.fingerprint) === isSameOrigin(revokes, other);
        },
      ),
    );
  });

  it('is unchanged for a revocation URL that is refused since this version, so users stay connected', () => {
    const clientFingerprintOf = (over: Secrets) =>
      createProviderClients(someDeps()).resolveRevocationClient(withSecrets(over)).fingerprint;
    // Computed by the version before revocation URLs were checked.
    expect(clientFingerprintOf({})).toBe('zxMmVL5Nf1-WK1PP1Jc3mJ');
    expect(clientFingerprintOf({ revocationUrl: 'https://auth.example.com/revoke' })).toBe(
      'zxMmVL5Nf1-WK1PP1Jc3mJ',
    );
    expect(clientFingerprintOf({ revocationUrl: 'https://revoke.example.com/revoke' })).toBe(
      'vvVzfZG_lbxX08yQ2L6441',
    );
    const issuer = 'https://auth.example.com/path';
    const revocationUrl = `${EVIL}/revoke`;
    const issuerCheck = checkOf(issuer, HONEST, { revocationEndpoint: revocationUrl });
    const byIssuer = withSecrets({ issuer, revocationUrl }, { issuerCheck });
    // The previous version accepted the metadata of an issuer with any path, and any site.
    expect(clientOf(byIssuer).fingerprint).toBe('4QS3Pd6VsmmPYo3N3SM_aR');
  });
});
