import { z } from 'zod';
import { headerCredential } from '../http_headers/index.ts';
import { setMeta } from '../ui_metadata/index.ts';
import { defineAuthType } from './define_auth_type.ts';
import { setAuthorization } from './set_authorization.ts';

/** A fixed token (RFC 6750 §2.1), one for everybody. */
export const bearerAuthType = defineAuthType({
  id: 'bearer',
  label: 'Bearer token',
  authMode: 'shared',
  sendsOwnSecrets: true,
  schema: z.strictObject({
    token: setMeta(headerCredential(), { label: 'Token', sensitive: true, widget: 'password' }),
  }),
  async configure(_context, client, secrets) {
    // People paste whole header values; two schemes in a row would never be accepted.
    setAuthorization(client, `Bearer ${secrets.token.replace(/^bearer +/i, '')}`);
  },
});
