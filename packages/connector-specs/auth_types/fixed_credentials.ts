import { z } from 'zod';
import { headerCredential } from '../http_headers/index.ts';
import { setMeta, UISchemas } from '../ui_metadata/index.ts';
import { defineAuthType } from './auth_type.ts';
import { setAuthorization } from './set_authorization.ts';

/** Auth type without credentials. */
export const noneAuthType = defineAuthType({
  id: 'none',
  label: 'None',
  authMode: 'shared',
  schema: z.strictObject({}),
  async configure() {
    // No credentials: the service is public.
  },
});

/** HTTP Basic authentication (RFC 7617) with one account for all users. */
export const basicAuthType = defineAuthType({
  id: 'basic',
  label: 'Basic authentication',
  authMode: 'shared',
  sendsOwnSecrets: true,
  schema: z.strictObject({
    username: setMeta(
      z
        .string()
        .min(1)
        .max(256)
        // The first colon separates user name and password (RFC 7617 §2).
        .regex(/^[^:]*$/, 'must not contain a colon'),
      { label: 'Username' },
    ),
    password: UISchemas.secret({ label: 'Password' }),
  }),
  async configure(_context, client, secrets) {
    const pair = Buffer.from(`${secrets.username}:${secrets.password}`, 'utf8');
    setAuthorization(client, `Basic ${pair.toString('base64')}`);
  },
});

/** A fixed bearer token (RFC 6750 §2.1) for all users. */
export const bearerAuthType = defineAuthType({
  id: 'bearer',
  label: 'Bearer token',
  authMode: 'shared',
  sendsOwnSecrets: true,
  schema: z.strictObject({
    token: setMeta(headerCredential(), { label: 'Token', sensitive: true, widget: 'password' }),
  }),
  async configure(_context, client, secrets) {
    // Users paste whole header values. No service accepts the scheme twice.
    setAuthorization(client, `Bearer ${secrets.token.replace(/^bearer +/i, '')}`);
  },
});
