import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { type ClientAuth, modifyAssertion, PrivateKeyJwt } from 'oauth4webapi';
import type { ClientAssertion, StandardClient } from './client.ts';
import { OAuthError } from './oauth_error.ts';

/** Seconds for which an assertion is valid. */
const LIFETIME_SECONDS = 300;

/** WebCrypto algorithms by the name of RFC 7518 §3.1 and RFC 8037 §3.1. */
const ALGORITHMS = {
  RS256: { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' },
  PS256: { name: 'RSA-PSS', hash: 'SHA-256' },
  ES256: { name: 'ECDSA', namedCurve: 'P-256' },
  ES384: { name: 'ECDSA', namedCurve: 'P-384' },
  EdDSA: { name: 'Ed25519' },
} as const satisfies Record<NonNullable<ClientAssertion['algorithm']>, object>;

/** Algorithms by the type of the key and, for elliptic curves, by the curve. */
const OF_KEY: Readonly<Record<string, keyof typeof ALGORITHMS>> = {
  rsa: 'RS256',
  'rsa-pss': 'PS256',
  prime256v1: 'ES256',
  secp384r1: 'ES384',
  ed25519: 'EdDSA',
};

/**
 * Client authentication by a signed JWT (RFC 7523 §2.2, `private_key_jwt` of OpenID Connect Core
 * §9). Apple accepts such a JWT as client secret.
 * @throws OAuthError `invalid_request` for a key or certificate that cannot be read or does not fit
 * the algorithm, when a request is sent
 */
export function assertionAuthentication(
  client: StandardClient,
  assertion: ClientAssertion,
  now: Date,
): ClientAuth {
  return async (server, metadata, body, headers) => {
    const { keyId, certificate, parameter = 'client_assertion' } = assertion;
    const { key, algorithm } = await signingKey(assertion);
    const thumbprint = certificate === undefined ? undefined : thumbprintOf(certificate);
    const authenticate = PrivateKeyJwt(keyId === undefined ? key : { key, kid: keyId }, {
      [modifyAssertion]: (header, payload) => {
        const issuedAt = Math.floor(now.getTime() / 1_000);
        // RFC 8037: the library uses the newer name of RFC 9864, which few servers know.
        header['alg'] = algorithm;
        if (thumbprint !== undefined) header['x5t#S256'] = thumbprint;
        payload['iss'] = assertion.issuer ?? client.clientId;
        payload['aud'] = assertion.audience ?? client.issuer ?? client.tokenEndpoint;
        payload['iat'] = issuedAt;
        payload['exp'] = issuedAt + LIFETIME_SECONDS;
        // A server whose clock is behind would reject it.
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

async function signingKey({ privateKey, algorithm: chosen }: ClientAssertion) {
  const key = readKey(privateKey);
  const { asymmetricKeyType = '', asymmetricKeyDetails } = key;
  const type = asymmetricKeyType === 'ec' ? asymmetricKeyDetails?.namedCurve : asymmetricKeyType;
  const algorithm = chosen ?? OF_KEY[type ?? ''];
  if (algorithm === undefined) throw invalid('private key', 'is of an unsupported type');
  try {
    return { key: key.toCryptoKey(ALGORITHMS[algorithm], false, ['sign']), algorithm };
  } catch {
    throw invalid('private key', `does not fit the algorithm ${algorithm}`);
  }
}

function readKey(privateKey: string): KeyObject {
  try {
    return createPrivateKey(withLines(privateKey));
  } catch {
    throw invalid('private key', 'cannot be read: it must be an unencrypted private key in PEM');
  }
}

/** Thumbprint of a certificate (RFC 7515 §4.1.8). */
function thumbprintOf(certificate: string): string {
  try {
    const { fingerprint256 } = new X509Certificate(withLines(certificate));
    return Buffer.from(fingerprint256.replaceAll(':', ''), 'hex').toString('base64url');
  } catch {
    throw invalid('certificate', 'cannot be read: it must be in PEM');
  }
}

/** Restores the line breaks of PEM, which an input of one line removes. */
function withLines(pem: string): string {
  const parts =
    /^\s*(-----BEGIN [A-Z0-9 ]+-----)([A-Za-z0-9+/=\s]+)(-----END [A-Z0-9 ]+-----)/.exec(
      pem.slice(0, 50_000),
    );
  if (parts === null) return pem;
  const [, begin, content = '', end] = parts;
  return [begin, ...(content.replaceAll(/\s/g, '').match(/.{1,64}/g) ?? []), end, ''].join('\n');
}

function invalid(what: string, problem: string): OAuthError {
  return new OAuthError(
    'invalid_request',
    'misconfigured',
    `The ${what} of the connector ${problem}.`,
  );
}
