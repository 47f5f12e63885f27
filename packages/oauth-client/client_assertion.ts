import { type ClientAuth, modifyAssertion, PrivateKeyJwt } from 'oauth4webapi';
import type { ClientAssertion, StandardClient } from './client.ts';
import { OAuthError } from './oauth_error.ts';

/** Seconds for which an assertion is valid. */
const LIFETIME_SECONDS = 300;

/**
 * WebCrypto algorithms by their names in JOSE (RFC 7518 §3.1, RFC 8037 §3.1). If a client names
 * none, the first one that fits the key is used.
 */
const ALGORITHMS = {
  RS256: { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' },
  PS256: { name: 'RSA-PSS', hash: 'SHA-256' },
  ES256: { name: 'ECDSA', namedCurve: 'P-256' },
  ES384: { name: 'ECDSA', namedCurve: 'P-384' },
  EdDSA: { name: 'Ed25519' },
} as const satisfies Record<Algorithm, object>;
type Algorithm = NonNullable<ClientAssertion['algorithm']>;

/**
 * Client authentication by a signed JWT (RFC 7523 §2.2, `private_key_jwt` of OpenID Connect Core
 * §9). Apple accepts such a JWT as client secret.
 * @throws OAuthError `invalid_request`, when a request is sent, for a key or certificate that
 *   cannot be read or does not fit the algorithm, and for an audience on another origin
 */
export function assertionAuthentication(
  client: StandardClient,
  assertion: ClientAssertion,
  now: Date,
): ClientAuth {
  return async (server, metadata, body, headers) => {
    const { keyId, certificate, parameter = 'client_assertion' } = assertion;
    const audience = audienceOf(client, assertion);
    const { key, algorithm } = await signingKey(assertion);
    const thumbprint = certificate === undefined ? undefined : await thumbprintOf(certificate);
    const authenticate = PrivateKeyJwt(keyId === undefined ? key : { key, kid: keyId }, {
      [modifyAssertion]: (header, payload) => {
        const issuedAt = Math.floor(now.getTime() / 1_000);
        // The library uses the name of RFC 9864 for this algorithm, which few servers know. The
        // older name is that of RFC 8037.
        header['alg'] = algorithm;
        if (thumbprint !== undefined) header['x5t#S256'] = thumbprint;
        payload['iss'] = assertion.issuer ?? client.clientId;
        payload['aud'] = audience;
        payload['iat'] = issuedAt;
        payload['exp'] = issuedAt + LIFETIME_SECONDS;
        // A server whose clock is behind would reject an assertion with `nbf`.
        delete payload['nbf'];
      },
    });
    await authenticate(server, metadata, body, headers);
    if (parameter === 'client_assertion') return;
    const jwt = body.get('client_assertion') ?? '';
    body.delete('client_assertion');
    body.delete('client_assertion_type');
    body.set(parameter, jwt);
  };
}

/**
 * The claim `aud`. A server that gets the assertion could use it at every server that the claim
 * names, so the claim must name a server on the origin of the token endpoint (RFC 7523 §3,
 * CVE-2025-27370).
 * @throws OAuthError `invalid_request`
 */
function audienceOf({ issuer, tokenEndpoint }: StandardClient, { audience }: ClientAssertion) {
  if (audience === undefined)
    return issuer !== undefined && isAt(tokenEndpoint, issuer) ? issuer : tokenEndpoint;
  if (isAt(tokenEndpoint, audience)) return audience;
  throw invalid('audience of the assertions', 'is not on the origin of the token URL');
}

function isAt(tokenEndpoint: string, uri: string): boolean {
  const origin = URL.parse(tokenEndpoint)?.origin;
  return origin !== undefined && URL.parse(uri)?.origin === origin;
}

/**
 * Imports the private key for the chosen algorithm, or for the first one that fits.
 * @throws OAuthError `invalid_request`
 */
async function signingKey({ privateKey, algorithm: chosen }: ClientAssertion) {
  const content = contentOf(privateKey, 'PRIVATE KEY');
  if (content === undefined)
    throw invalid(
      'private key',
      'cannot be read: it must be unencrypted and in PEM with the first line BEGIN PRIVATE KEY (PKCS #8)',
    );
  const candidates =
    chosen === undefined ? (Object.keys(ALGORITHMS) as Algorithm[]) : ([chosen] as const);
  for (const algorithm of candidates) {
    const key = await importKey(content, algorithm);
    if (key !== undefined) return { key, algorithm };
  }
  throw invalid(
    'private key',
    chosen === undefined
      ? 'is of an unsupported type, or damaged'
      : `does not fit the algorithm ${chosen}`,
  );
}

/** Imports a private key for one algorithm. `undefined`: the key does not fit the algorithm. */
async function importKey(content: Uint8Array<ArrayBuffer>, algorithm: Algorithm) {
  try {
    return await crypto.subtle.importKey('pkcs8', content, ALGORITHMS[algorithm], false, ['sign']);
  } catch {
    return undefined;
  }
}

/** Thumbprint of a certificate (RFC 7515 §4.1.8). @throws OAuthError `invalid_request` */
async function thumbprintOf(certificate: string): Promise<string> {
  const content = contentOf(certificate, 'CERTIFICATE');
  if (content === undefined) throw invalid('certificate', 'cannot be read: it must be in PEM');
  const digest = await crypto.subtle.digest('SHA-256', content);
  return Buffer.from(digest).toString('base64url');
}

/**
 * Bytes of the first block of the given kind in a PEM text, whose line breaks may be missing.
 * `undefined`: the text has no such block.
 */
function contentOf(pem: string, kind: string): Uint8Array<ArrayBuffer> | undefined {
  const [begin, end] = [`-----BEGIN ${kind}-----`, `-----END ${kind}-----`];
  const from = pem.indexOf(begin);
  const to = pem.indexOf(end, from);
  if (from === -1 || to === -1) return undefined;
  const base64 = pem.slice(from + begin.length, to).replaceAll(/\s/g, '');
  return Uint8Array.from(Buffer.from(base64, 'base64'));
}

function invalid(what: string, problem: string): OAuthError {
  return new OAuthError(
    'invalid_request',
    'misconfigured',
    `The ${what} of the connector ${problem}.`,
  );
}
