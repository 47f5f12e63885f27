import { z } from 'zod';
import { headerCredential } from '../http_headers/index.ts';
import { addMeta, setMeta, UISchemas, type UiMeta, type UiSection } from '../ui_metadata/index.ts';

/** Places a field in a section, which forms fold at first because few providers need its fields. */
export const inSection = (section: UiSection) => ({ section }) as const;

const CLIENT_AUTHENTICATION: UiMeta = {
  label: 'Client authentication',
  hidden: true,
  ...inSection('token_request'),
};

/**
 * Each label contains the registered value (RFC 7591 §2), because providers use these values in
 * their documentation.
 */
const CLIENT_AUTHENTICATION_LABELS = {
  client_secret_post: 'Client secret in the body (client_secret_post)',
  client_secret_basic: 'Client secret in the header (client_secret_basic)',
  private_key_jwt: 'Assertion signed with a private key (private_key_jwt)',
  none: 'None, the client is public (none)',
} as const;

/** Condition under which the fields of an assertion are shown. */
export const WITH_KEY = {
  field: 'tokenEndpointAuthMethod',
  equals: ['private_key_jwt'],
} as const;

/** An OAuth endpoint that this server calls or a browser opens. Its host must be allowed. */
export const endpoint = (meta: UiMeta) =>
  UISchemas.url({ validate: { allowedHosts: true }, ...meta });

/**
 * Issuer of the authorization server (RFC 8414 §2). Its host need not be allowed: no credential is
 * sent there, and its metadata is optional.
 */
export const issuer = () =>
  UISchemas.url({
    label: 'Issuer',
    ...inSection('authorization_request'),
    helpText:
      'Issuer of the provider, exactly as in its metadata. A response of another issuer is rejected.',
  });

/** Client id of the OAuth app of the organisation. */
export const clientId = () => setMeta(z.string().trim().min(1).max(1_024), { label: 'Client ID' });

/** Client secret of the OAuth app of the organisation. */
export const clientSecret = () =>
  setMeta(headerCredential(), { label: 'Client secret', sensitive: true, widget: 'password' });

/**
 * Scopes of the characters that RFC 6749 §3.3 permits, with white space between them. Other
 * characters could show users a different name than the provider gets.
 */
const SCOPES = /^[\x21\x23-\x5b\x5d-\x7e \t\r\n]*$/;

/** Space-separated scopes (RFC 6749 §3.3). Forms may send an empty string. */
export const scope = () =>
  setMeta(
    z
      .string()
      .trim()
      .max(4_096)
      .regex(SCOPES, 'must contain printable ASCII characters only, without quotes and \\'),
    {
      label: 'Scope',
      helpText: 'Permissions to request, separated by spaces.',
    },
  ).optional();

/** Client authentication at the token endpoint (RFC 6749 §2.3.1). */
export const tokenEndpointAuthMethod = () =>
  setMeta(z.enum(['client_secret_post', 'client_secret_basic']), {
    ...CLIENT_AUTHENTICATION,
    optionLabels: {
      client_secret_post: CLIENT_AUTHENTICATION_LABELS.client_secret_post,
      client_secret_basic: CLIENT_AUTHENTICATION_LABELS.client_secret_basic,
    },
  }).optional();

/**
 * As {@link tokenEndpointAuthMethod}, with `none` for public clients (RFC 6749 §2.1), which use
 * PKCE only.
 */
export const userTokenEndpointAuthMethod = () =>
  setMeta(z.enum(['client_secret_post', 'client_secret_basic', 'private_key_jwt', 'none']), {
    ...CLIENT_AUTHENTICATION,
    optionLabels: CLIENT_AUTHENTICATION_LABELS,
  }).optional();

/** Client secret that public clients and clients with a key omit. */
export const confidentialClientSecret = () =>
  addMeta(clientSecret(), {
    requiredUnless: { field: 'tokenEndpointAuthMethod', equals: ['none', 'private_key_jwt'] },
    shownIf: {
      field: 'tokenEndpointAuthMethod',
      equals: ['', 'client_secret_post', 'client_secret_basic'],
    },
  }).optional();

/** Text in PEM. Its line breaks may be missing, because inputs of one line remove them. */
const pem = (kind: string, message: string) =>
  z
    .string()
    .trim()
    .max(16_384)
    .regex(new RegExp(`^-----BEGIN ${kind}-----[^]+-----END ${kind}-----$`), {
      message,
    });

/** Private key of the client for `private_key_jwt` (RFC 7523). */
export const privateKey = (meta: UiMeta = {}) =>
  setMeta(
    pem('PRIVATE KEY', 'must be an unencrypted private key in PEM (PKCS #8, BEGIN PRIVATE KEY)'),
    {
      label: 'Private key',
      helpText: 'Unencrypted key in PEM that signs the assertions of the client.',
      sensitive: true,
      widget: 'password',
      ...meta,
    },
  );

/** Certificate of the private key. */
export const certificate = (meta: UiMeta = {}) =>
  setMeta(pem('CERTIFICATE', 'must be a certificate in PEM'), {
    label: 'Certificate',
    helpText: 'In PEM. Its thumbprint is sent with each assertion, as Microsoft requires.',
    widget: 'textarea',
    ...meta,
  }).optional();

/** Header `kid` of an assertion. */
export const keyId = (meta: UiMeta = {}) =>
  setMeta(z.string().trim().min(1).max(1_024), {
    label: 'Key ID',
    helpText: 'Name of the key at the provider.',
    ...meta,
  }).optional();

/** Signature algorithm of an assertion (RFC 7518 §3.1). */
export const signingAlgorithm = (meta: UiMeta = {}) =>
  setMeta(z.enum(['RS256', 'PS256', 'ES256', 'ES384', 'EdDSA']), {
    label: 'Signing algorithm',
    helpText: 'Without a choice: RS256 for RSA, and the algorithm of the curve for others.',
    ...meta,
  }).optional();

/** Claim `aud` of an assertion. */
export const assertionAudience = (meta: UiMeta = {}) =>
  setMeta(z.string().trim().min(1).max(4_096), {
    label: 'Assertion audience',
    helpText: 'Without a value: the issuer, or the token URL if there is none.',
    ...inSection('token_request'),
    ...meta,
  }).optional();

/** Claim `iss` of an assertion. */
export const assertionIssuer = (meta: UiMeta = {}) =>
  setMeta(z.string().trim().min(1).max(1_024), {
    label: 'Assertion issuer',
    helpText: 'Without a value: the client ID. At Apple: the team ID.',
    ...inSection('token_request'),
    ...meta,
  }).optional();

/** Parameter of the token request that contains the assertion. */
export const assertionParameter = (meta: UiMeta = {}) =>
  setMeta(z.enum(['client_assertion', 'client_secret']), {
    label: 'Assertion parameter',
    optionLabels: {
      client_assertion: 'Standard (client_assertion)',
      client_secret: 'Apple (client_secret)',
    },
    helpText: 'Apple expects the assertion as client_secret.',
    ...inSection('token_request'),
    ...meta,
  }).optional();

/** A dotted path into a token response, for example `authed_user.access_token`. */
export const responsePath = (label: string, section: UiSection) =>
  setMeta(
    z
      .string()
      .min(1)
      .max(256)
      .regex(
        /^[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*$/,
        'must be names separated by dots, for example authed_user.access_token',
      ),
    { label, hidden: true, section },
  ).optional();

/** Name of a query parameter. */
export const parameterName = (label: string) =>
  setMeta(
    z
      .string()
      .min(1)
      .max(64)
      .regex(/^[A-Za-z0-9_.-]+$/, 'must be the name of a parameter, for example user_scope'),
    { label, hidden: true, ...inSection('authorization_request') },
  ).optional();

/** Scheme under which tokens are sent. Overrides the type in the token response. */
export const tokenType = () =>
  setMeta(
    z
      .string()
      .min(1)
      .max(64)
      .regex(/^[A-Za-z][A-Za-z0-9_-]*$/, 'must be one word, for example Bearer'),
    { label: 'Token type', hidden: true, ...inSection('token_response') },
  ).optional();

/**
 * Extra fields of every token request, for example an audience or a resource. Treated as a
 * credential, because an administrator may enter a password there.
 */
export const additionalFields = () =>
  setMeta(z.record(z.string().min(1).max(128), z.string().max(4_096)), {
    label: 'Additional token request fields',
    ...inSection('token_request'),
    sensitive: true,
    widget: 'keyValue',
  }).optional();
