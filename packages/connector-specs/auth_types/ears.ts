import { z } from 'zod';
import { setMeta } from '../ui_metadata/index.ts';
import { defineAuthType } from './auth_type.ts';
import { scope } from './oauth_fields.ts';
import { authorizeWithToken } from './set_authorization.ts';

const ID = 'ears';

/** Providers whose OAuth app EARS owns. */
export const EARS_PROVIDERS = ['google', 'microsoft', 'slack'] as const;

/** One token per user, through the OAuth app of EARS. Needs no configuration. */
export const earsAuthType = defineAuthType({
  id: ID,
  label: 'Quick Connect OAuth 2.0',
  authMode: 'per-user',
  schema: z.strictObject({
    provider: setMeta(z.enum(EARS_PROVIDERS), { label: 'Provider', hidden: true }),
    scope: scope(),
  }),
  async configure(context, client, secrets) {
    await authorizeWithToken({
      authTypeId: ID,
      context,
      client,
      options: { authType: 'ears', provider: secrets.provider, scope: secrets.scope },
    });
  },
});
