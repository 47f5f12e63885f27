import { z } from 'zod';
import { headerCredential } from '../http_headers/index.ts';
import { addMeta, setMeta, UISchemas, type UiMeta } from '../ui_metadata/index.ts';

const CLIENT_AUTHENTICATION: UiMeta = { label: 'Client authentication', hidden: true };

/** A URL our server or a person's browser is sent to with an OAuth request; its host must be allowed. */
export const endpoint = (meta: UiMeta) =>
  UISchemas.url({ validate: { allowedHosts: true }, ...meta });

/** How the authorization server calls itself (RFC 8414 §2). No credential is ever sent there, and its metadata may stay unread, so its host need not be allowed. */
export const issuer = () =>
  UISchemas.url({
    label: 'Issuer',
    helpText:
      'How the provider names itself, exactly as in its metadata. An authorization that names another issuer is refused.',
  });

/** Client id of the organisation's OAuth app. */
export const clientId = () => setMeta(z.string().trim().min(1).max(1_024), { label: 'Client ID' });

/** Client secret of the organisation's OAuth app. */
export const clientSecret = () =>
  setMeta(headerCredential(), { label: 'Client secret', sensitive: true, widget: 'password' });

/** Space-separated scopes (RFC 6749 §3.3). Optional ones may be sent empty by forms. */
export const scope = () =>
  setMeta(z.string().trim().max(4_096), {
    label: 'Scope',
    helpText: 'Permissions to ask for, separated by spaces.',
  }).optional();

/** How the client proves itself at the token endpoint (RFC 6749 §2.3.1). */
export const tokenEndpointAuthMethod = () =>
  setMeta(z.enum(['client_secret_post', 'client_secret_basic']), CLIENT_AUTHENTICATION).optional();

/**
 * As {@link tokenEndpointAuthMethod}, with `none` for public clients (RFC 6749 §2.1), which only
 * PKCE protects.
 */
export const userTokenEndpointAuthMethod = () =>
  setMeta(
    z.enum(['client_secret_post', 'client_secret_basic', 'none']),
    CLIENT_AUTHENTICATION,
  ).optional();

/** Value of the client secret of a public client, which has none. */
export const confidentialClientSecret = () =>
  addMeta(clientSecret(), {
    requiredUnless: { field: 'tokenEndpointAuthMethod', equals: 'none' },
  }).optional();

/** A dotted path into a token response, for example `authed_user.access_token`. */
export const responsePath = (label: string) =>
  setMeta(
    z
      .string()
      .min(1)
      .max(256)
      .regex(/^[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*$/),
    { label, hidden: true },
  ).optional();

/** Name of a query parameter. */
export const parameterName = (label: string) =>
  setMeta(
    z
      .string()
      .min(1)
      .max(64)
      .regex(/^[A-Za-z0-9_.-]+$/),
    { label, hidden: true },
  ).optional();

/** The literal scheme to send tokens with, whatever the response calls it. */
export const tokenType = () =>
  setMeta(
    z
      .string()
      .min(1)
      .max(64)
      .regex(/^[A-Za-z][A-Za-z0-9_-]*$/),
    { label: 'Token type', hidden: true },
  ).optional();

/**
 * Extra fields of every token request, for providers that want an audience or a resource. Counted among the credentials, because nothing keeps an
 * administrator from putting a password there.
 */
export const additionalFields = () =>
  setMeta(z.record(z.string().min(1).max(128), z.string().max(4_096)), {
    label: 'Additional token request fields',
    sensitive: true,
    widget: 'keyValue',
  }).optional();
