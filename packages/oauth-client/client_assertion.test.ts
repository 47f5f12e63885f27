import { generateKeyPairSync, type KeyObject, verify } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { ClientAssertion, StandardClient } from './client.ts';
import { dialectOf } from './dialect.ts';
import { aStandardClient, fakeIo, json } from './oauth_client.mock.ts';

const EC = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const RSA = generateKeyPairSync('rsa', { modulusLength: 2048 });
const pemOf = (key: KeyObject, type: 'pkcs8' | 'sec1' = 'pkcs8') =>
  String(key.export({ type, format: 'pem' }));

/**
 * A self-signed certificate for `development.example`, valid until 2126. Its private key was not
 * kept.
 */
const CERTIFICATE = `-----BEGIN CERTIFICATE-----
MIIBkzCCATmgAwIBAgIUIpiKxXpUFUG7cQ3PN9DKyn3tPkswCgYIKoZIzj0EAwIw
HjEcMBoGA1UEAwwTZGV2ZWxvcG1lbnQuZXhhbXBsZTAgFw0yNjExMjkyMjQ1MjBa
GA8yMTI2MTEwNTIyNDUyMFowHjEcMBoGA1UEAwwTZGV2ZWxvcG1lbnQuZXhhbXBs
ZTBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABJnmFXCQv4sCm6lLHdZvCAkdyCuz
h+GyIgpRwgoJkh6F4kLmEs4JEcrq5SPY2oYBPUzP8seiCfSZXVt5hpCF5rOjUzBR
MB0GA1UdDgQWBBQ6rz7bVJHv4maXhXuJmQe4qTEqYTAfBgNVHSMEGDAWgBQ6rz7b
VJHv4maXhXuJmQe4qTEqYTAPBgNVHRMBAf8EBTADAQH/MAoGCCqGSM49BAMCA0gA
MEUCIC7SIfKOfD7m7Mqf5zbHOOugJEU5cx8vkrV7XD9hPqssAiEA8C2TqDmsHcg7
AGA1ZqD6a7EsXJyXz9hbUBbcr0aKRsQ=
-----END CERTIFICATE-----`;

/** Fields of the token request of a client that has this assertion. */
async function fieldsOf(assertion: ClientAssertion, over: Partial<StandardClient> = {}) {
  const { io, sent } = fakeIo(() => json({ access_token: 'at', token_type: 'bearer' }));
  const client = aStandardClient({
    clientSecret: undefined,
    tokenEndpointAuthMethod: 'private_key_jwt',
    clientAssertion: assertion,
    ...over,
  });
  await dialectOf(client).refresh('rt', io);
  return Object.fromEntries(new URLSearchParams(sent[0]?.body));
}

const jsonPart = (part = '') =>
  z.record(z.string(), z.unknown()).parse(JSON.parse(Buffer.from(part, 'base64url').toString()));

function read(jwt = '', key: KeyObject = EC.publicKey) {
  const [header, payload, signature = ''] = jwt.split('.');
  const isValid = verify(
    'sha256',
    Buffer.from(`${header}.${payload}`),
    { key, dsaEncoding: 'ieee-p1363' },
    Buffer.from(signature, 'base64url'),
  );
  return { header: jsonPart(header), payload: jsonPart(payload), isValid };
}

describe('client authentication by an assertion', () => {
  it('sends a signed JWT that is valid for five minutes from the clock of the server', async () => {
    const fields = await fieldsOf({ privateKey: pemOf(EC.privateKey), keyId: 'k1' });
    expect(fields).toEqual({
      grant_type: 'refresh_token',
      refresh_token: 'rt',
      client_id: 'client-1',
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: expect.any(String),
    });
    const issuedAt = Date.parse('2030-01-01T00:00:00Z') / 1_000;
    expect(read(fields['client_assertion'])).toEqual({
      header: { alg: 'ES256', kid: 'k1' },
      payload: {
        iss: 'client-1',
        sub: 'client-1',
        aud: 'https://auth.example.com/token',
        iat: issuedAt,
        exp: issuedAt + 300,
        jti: expect.any(String),
      },
      isValid: true,
    });
  });

  it('sends the JWT as client secret to Apple, issued by the team', async () => {
    const fields = await fieldsOf(
      {
        privateKey: pemOf(EC.privateKey),
        keyId: 'ABC123DEFG',
        issuer: 'DEF123GHIJ',
        audience: 'https://appleid.apple.com',
        parameter: 'client_secret',
      },
      { tokenEndpoint: 'https://appleid.apple.com/auth/token' },
    );
    expect(Object.keys(fields).sort()).toEqual([
      'client_id',
      'client_secret',
      'grant_type',
      'refresh_token',
    ]);
    expect(read(fields['client_secret'])).toMatchObject({
      header: { alg: 'ES256', kid: 'ABC123DEFG' },
      payload: { iss: 'DEF123GHIJ', sub: 'client-1', aud: 'https://appleid.apple.com' },
      isValid: true,
    });
  });

  it.each([
    [{}, {}, 'https://auth.example.com/token'],
    [{}, { issuer: 'https://auth.example.com/tenant' }, 'https://auth.example.com/tenant'],
    // The metadata of this issuer may name the URL of another server as issuer.
    [{}, { issuer: 'https://bank.example' }, 'https://auth.example.com/token'],
    [{ audience: 'https://auth.example.com' }, {}, 'https://auth.example.com'],
  ])(
    'C51: addresses the assertion only to the server that gets it, with the settings %j and the client %j',
    async (over, client, expected) => {
      const fields = await fieldsOf({ privateKey: pemOf(EC.privateKey), ...over }, client);
      expect(read(fields['client_assertion']).payload['aud']).toBe(expected);
    },
  );

  it.each(['https://bank.example/token', 'https://auth.example.com:8443', 'bank', ''])(
    'C51: sends no assertion with the audience %j of another server',
    async (audience) => {
      await expect(fieldsOf({ privateKey: pemOf(EC.privateKey), audience })).rejects.toMatchObject({
        code: 'invalid_request',
        message:
          'The audience of the assertions of the connector is not on the origin of the token URL.',
      });
    },
  );

  it.each(['client_secret_basic', 'client_secret_post'] as const)(
    'replaces the secret of a revocation that a provider describes with %s',
    async (authentication) => {
      const { io, sent } = fakeIo(() => json({}));
      const url = 'https://auth.example.com/revoke';
      const request = {
        method: 'POST',
        authentication,
        format: 'form',
        fields: { t: '{token}' },
      } as const;
      const client = aStandardClient({
        clientSecret: undefined,
        tokenEndpointAuthMethod: 'private_key_jwt',
        clientAssertion: { privateKey: pemOf(EC.privateKey) },
        revocationEndpoint: url,
        provider: { revocation: { url, request, tokens: ['refresh_token'], ends: 'grant' } },
      });
      const outcome = await dialectOf(client).revoke({ token: 'rt', hint: 'refresh_token' }, io);
      expect(outcome).toBe('revoked');
      const fields = Object.fromEntries(new URLSearchParams(sent[0]?.body));
      expect(fields).toMatchObject({ t: 'rt', client_id: 'client-1' });
      expect(read(fields['client_assertion']).isValid).toBe(true);
      expect(fields).not.toHaveProperty('client_secret');
      expect(sent[0]?.headers).not.toHaveProperty('authorization');
    },
  );

  it('names the certificate by its SHA-256 thumbprint', async () => {
    const fields = await fieldsOf({
      privateKey: pemOf(RSA.privateKey),
      algorithm: 'RS256',
      certificate: CERTIFICATE,
    });
    const { header } = read(fields['client_assertion'], RSA.publicKey);
    expect(header).toEqual({
      alg: 'RS256',
      'x5t#S256': 'QPo937UOVvVD3yN1O6I4Fc48oT9bws8L13y7hi3KV5E',
    });
  });

  it.each([
    ['PEM of an RSA key', pemOf(RSA.privateKey), RSA.publicKey],
    ['PEM without line breaks', pemOf(EC.privateKey).replaceAll('\n', ''), EC.publicKey],
    [
      'PEM with spaces instead of line breaks',
      pemOf(EC.privateKey).replaceAll('\n', ' '),
      EC.publicKey,
    ],
  ])('reads a key from %s', async (_, privateKey, publicKey) => {
    const fields = await fieldsOf({ privateKey });
    expect(read(fields['client_assertion'], publicKey).isValid).toBe(true);
  });

  it.each([
    ['is not a key', { privateKey: 'secret-text' }, 'private key of the connector cannot be read'],
    ['has an older form', { privateKey: pemOf(EC.privateKey, 'sec1') }, 'PKCS #8'],
    [
      'does not fit the algorithm',
      { privateKey: pemOf(EC.privateKey), algorithm: 'RS256' as const },
      'does not fit the algorithm RS256',
    ],
    [
      'has a type that no algorithm uses',
      { privateKey: pemOf(generateKeyPairSync('x25519').privateKey) },
      'is of an unsupported type',
    ],
    [
      'has no readable certificate',
      { privateKey: pemOf(EC.privateKey), certificate: 'secret-text' },
      'certificate of the connector cannot be read',
    ],
  ])('reports a key that %s as misconfigured, without its value', async (_, assertion, text) => {
    const error = await fieldsOf(assertion).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'invalid_request', kind: 'misconfigured' });
    expect(String(error)).toContain(text);
    expect(String(error)).not.toContain('secret-text');
  });
});
