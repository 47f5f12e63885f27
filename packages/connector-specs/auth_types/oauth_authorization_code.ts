import { z } from 'zod';
import { defineAuthType } from './define_auth_type.ts';
import {
  clientId,
  confidentialClientSecret,
  endpoint,
  issuer,
  parameterName,
  responsePath,
  scope,
  tokenType,
  userTokenEndpointAuthMethod,
} from './oauth_fields.ts';
import { authorizeWithToken } from './set_authorization.ts';

const ID = 'oauth_authorization_code';

/** Every person's own token, through the organisation's own OAuth app (RFC 6749 §4.1 with PKCE). */
export const oauthAuthorizationCodeAuthType = defineAuthType({
  id: ID,
  label: 'OAuth 2.0 Authorization Code',
  authMode: 'per-user',
  schema: z.strictObject({
    authorizationUrl: endpoint({ label: 'Authorization URL' }),
    tokenUrl: endpoint({ label: 'Token URL' }),
    clientId: clientId(),
    clientSecret: confidentialClientSecret(),
    scope: scope(),
    /** Ours: without it, and without a spec that knows one, a disconnect can only forget the tokens. */
    revocationUrl: endpoint({
      label: 'Revocation URL',
      helpText:
        'Where authorizations are ended at the provider (RFC 7009). Must belong to the same provider.',
    }).optional(),
    /** Ours: RFC 9207 and RFC 8414 §2. Spelled exactly as the provider does, which is how it is compared. */
    issuer: issuer().optional(),
    tokenEndpointAuthMethod: userTokenEndpointAuthMethod(),
    /** Ours: whose account a grant is for, where the token response has no ID token. */
    userinfoUrl: endpoint({
      label: 'Userinfo URL',
      helpText:
        'Where the provider says which account was authorized, so that people see it. Must be on the origin of the token URL or of the API.',
    }).optional(),
    accountIdPath: responsePath('Path to the id of the account'),
    accountLabelPath: responsePath('Path to the name of the account'),
    scopeParamName: parameterName('Scope parameter'),
    accessTokenPath: responsePath('Path to the access token'),
    tokenTypePath: responsePath('Path to the token type'),
    tokenType: tokenType(),
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
        tokenEndpointAuthMethod: secrets.tokenEndpointAuthMethod,
        accessTokenPath: secrets.accessTokenPath,
        tokenTypePath: secrets.tokenTypePath,
        tokenType: secrets.tokenType,
      },
    });
  },
});
