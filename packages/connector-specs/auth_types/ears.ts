import { z } from 'zod';
import { setMeta } from '../ui_metadata/index.ts';
import { defineAuthType } from './define_auth_type.ts';
import { scope } from './oauth_fields.ts';
import { authorizeWithToken } from './set_authorization.ts';

const ID = 'ears';

/** Providers whose OAuth app the redirect service owns. */
export const EARS_PROVIDERS = ['google', 'microsoft', 'slack'] as const;

/** Every person's own token, through an OAuth app that the redirect service owns: nothing to set up. */
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
