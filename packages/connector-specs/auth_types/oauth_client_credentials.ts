import { z } from 'zod';
import { defineAuthType } from './auth_type.ts';
import {
  additionalFields,
  clientId,
  clientSecret,
  endpoint,
  scope,
  tokenEndpointAuthMethod,
} from './oauth_fields.ts';
import { authorizeWithToken } from './set_authorization.ts';

const ID = 'oauth_client_credentials';

/** One token of the application itself for all users (RFC 6749 §4.4). */
export const oauthClientCredentialsAuthType = defineAuthType({
  id: ID,
  label: 'OAuth Client Credentials',
  authMode: 'shared',
  schema: z.strictObject({
    tokenUrl: endpoint({ label: 'Token URL' }),
    clientId: clientId(),
    clientSecret: clientSecret(),
    scope: scope(),
    tokenEndpointAuthMethod: tokenEndpointAuthMethod(),
    additionalFields: additionalFields(),
  }),
  async configure(context, client, secrets) {
    await authorizeWithToken({
      authTypeId: ID,
      context,
      client,
      options: {
        authType: 'oauth',
        tokenUrl: secrets.tokenUrl,
        clientId: secrets.clientId,
        clientSecret: secrets.clientSecret,
        scope: secrets.scope,
        additionalFields: secrets.additionalFields,
        tokenEndpointAuthMethod: secrets.tokenEndpointAuthMethod,
      },
    });
  },
});
