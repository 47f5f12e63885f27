import { z } from 'zod';
import { defineAuthType } from './auth_type.ts';
import {
  additionalFields,
  assertionAudience,
  certificate,
  clientId,
  endpoint,
  keyId,
  privateKey,
  scope,
  signingAlgorithm,
} from './oauth_fields.ts';
import { authorizeWithToken } from './set_authorization.ts';

const ID = 'oauth_client_credentials_private_key_jwt';

/**
 * The auth type `oauth_client_credentials` with a private key of the client instead of a secret
 * (RFC 7523).
 */
export const oauthClientCredentialsPrivateKeyJwtAuthType = defineAuthType({
  id: ID,
  label: 'OAuth Client Credentials (Private Key JWT)',
  authMode: 'shared',
  schema: z.strictObject({
    tokenUrl: endpoint({ label: 'Token URL' }),
    clientId: clientId(),
    privateKey: privateKey(),
    signingAlgorithm: signingAlgorithm(),
    certificate: certificate(),
    keyId: keyId(),
    scope: scope(),
    assertionAudience: assertionAudience(),
    additionalFields: additionalFields(),
  }),
  async configure(context, client, secrets) {
    const { tokenUrl, scope: scopes } = secrets;
    await authorizeWithToken({
      authTypeId: ID,
      context,
      client,
      options: { authType: 'oauth', tokenUrl, clientId: secrets.clientId, scope: scopes },
    });
  },
});
