import { z } from 'zod';
import { setMeta, UISchemas } from '../ui_metadata/index.ts';
import { defineAuthType } from './define_auth_type.ts';
import { setAuthorization } from './set_authorization.ts';

/** HTTP Basic authentication (RFC 7617), one account for everybody. */
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
        // The first colon separates the password (RFC 7617 §2), so one in the name would move the border.
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
