import type { ClientCertificate } from '@latchkey/egress';
import { z } from 'zod';
import { AuthTypeError, authTypeOf } from '../../auth_types/index.ts';
import type { CredentialMapping } from '../../contract/types.ts';
import { headerCredential, isApiKeyHeader, isHeaderValue } from '../../http_headers/index.ts';
import { setMeta } from '../../ui_metadata/index.ts';
import { hasFewHeaders } from './config.ts';

type Values = Readonly<Record<string, unknown>>;

const CLIENT_CERTIFICATE = 'webhook-authentication-ssl';
const MAX_CERTIFICATE_LENGTH = 262_144;

/** Optional credential. Forms may send an empty string instead of leaving it out. */
const credential = (max: number, label: string) =>
  setMeta(z.string().max(max), { label, sensitive: true, widget: 'password' }).nullish();

const secretHeaders = z
  .record(
    z
      .string()
      .max(128)
      .refine((name) => isApiKeyHeader(name), {
        message: 'is not a header that may contain a secret',
      }),
    headerCredential(),
  )
  .refine(...hasFewHeaders);

const schema = z
  .strictObject({
    user: setMeta(
      z
        .string()
        .max(256)
        // The first colon separates user and password (RFC 7617 §2), so a user name must not
        // contain one.
        .regex(/^[^:]*$/, 'must not contain a colon'),
      { label: 'Username' },
    ).nullish(),
    password: credential(4_096, 'Password'),
    crt: credential(MAX_CERTIFICATE_LENGTH, 'Certificate'),
    key: credential(MAX_CERTIFICATE_LENGTH, 'Private key'),
    pfx: credential(MAX_CERTIFICATE_LENGTH, 'PFX file'),
    clientSecret: setMeta(
      z
        .string()
        .max(15_000)
        .refine((value) => isHeaderValue(value), { message: 'must be printable ASCII' }),
      { label: 'Client secret', sensitive: true, widget: 'password' },
    ).nullish(),
    secretHeaders: setMeta(secretHeaders, {
      label: 'Secret headers',
      sensitive: true,
      widget: 'keyValue',
    }).nullish(),
    authType: setMeta(
      z
        .unknown()
        .optional()
        .refine((value) => value === undefined, {
          message: 'secrets with an authType belong to the connector type [.custom_api]',
        }),
      { hidden: true },
    ),
  })
  .refine((secrets) => isOneForm(secrets), {
    message:
      'set one of: user and password; crt and key, or pfx, with an optional password; clientSecret',
  });

const isOneForm = (secrets: Values): boolean => {
  const has = (name: string): boolean => textOf(secrets[name]) !== undefined;
  const given = ['user', 'crt', 'key', 'pfx', 'clientSecret'].filter(has).join(' ');
  switch (given) {
    case 'user':
      return has('password');
    case '':
    case 'clientSecret':
      return !has('password');
    default:
      return given === 'crt key' || given === 'pfx';
  }
};

/** Returns a value as text. `undefined`: the value is absent, null or empty. */
const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined;

/**
 * Returns PEM text. Kibana's forms send it in base64, while users of the API may send plain PEM.
 */
const pemOf = (value: string): string =>
  value.includes('-----BEGIN') ? value : Buffer.from(value, 'base64').toString('utf8');

/**
 * The client certificate in config and secrets.
 * @throws AuthTypeError `malformed_secrets`
 */
const clientCertificateOf = (config: Values, secrets: Values): ClientCertificate => {
  const [crt, key, pfx] = ['crt', 'key', 'pfx'].map((name) => textOf(secrets[name]));
  const passphrase = textOf(secrets['password']);
  if (pfx !== undefined && config['certType'] !== 'ssl-crt-key') return { pfx, passphrase };
  if (crt !== undefined && key !== undefined && config['certType'] !== 'ssl-pfx') {
    return { certificate: pemOf(crt), key: pemOf(key), passphrase };
  }
  throw new AuthTypeError('malformed_secrets', CLIENT_CERTIFICATE, 'the certificate is missing');
};

const authOf = (config: Values, secrets: Values): Values => {
  const authType = authTypeOf(secrets, config);
  switch (authType) {
    case 'basic': {
      const username = textOf(secrets['user']);
      const password = textOf(secrets['password']);
      // Without credentials, the request is sent unauthenticated, as in Kibana.
      if (username === undefined || password === undefined) return { authType: 'none' };
      return { authType, username, password };
    }
    case 'oauth_client_credentials':
      return {
        authType,
        tokenUrl: config['accessTokenUrl'],
        clientId: config['clientId'],
        clientSecret: secrets['clientSecret'],
        tokenEndpointAuthMethod: 'client_secret_post',
      };
    default:
      return { authType: 'none' };
  }
};

/** Secrets in the form of Kibana, and their mapping to auth types. */
export const httpCredentials: CredentialMapping = {
  secrets: schema,
  trustFields: ['ca'],
  map: (config, secrets) => {
    const ca = textOf(config['ca']);
    const usesCertificate =
      config['hasAuth'] !== false && config['authType'] === CLIENT_CERTIFICATE;
    const headers = secretHeaders.safeParse(secrets['secretHeaders'] ?? {});
    return {
      secrets: authOf(config, secrets),
      headers: headers.success ? headers.data : {},
      tls: {
        certificateAuthorities: ca === undefined ? undefined : pemOf(ca),
        clientCertificate: usesCertificate ? clientCertificateOf(config, secrets) : undefined,
      },
    };
  },
};
