import { z } from 'zod';
import { defineAuthType } from './auth_type.ts';
import {
  assertionAudience,
  assertionIssuer,
  assertionParameter,
  certificate,
  clientId,
  confidentialClientSecret,
  endpoint,
  inSection,
  issuer,
  keyId,
  parameterName,
  privateKey,
  responsePath,
  scope,
  signingAlgorithm,
  tokenType,
  userTokenEndpointAuthMethod,
  WITH_KEY,
} from './oauth_fields.ts';
import { authorizeWithToken } from './set_authorization.ts';

const ID = 'oauth_authorization_code';

/**
 * Metadata of the fields of an assertion. They are hidden by default, because few providers use
 * assertions; a spec can show them.
 */
const OF_ASSERTION = { hidden: true, ...inSection('token_request'), shownIf: WITH_KEY } as const;

/** One token per user, through the OAuth app of the organisation (RFC 6749 §4.1 with PKCE). */
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
    /**
     * URL that revokes tokens. If neither this field nor the spec names an endpoint, tokens are
     * only deleted locally. Kibana does not have this field.
     */
    revocationUrl: endpoint({
      label: 'Revocation URL',
      ...inSection('revocation'),
      helpText:
        'Endpoint that revokes authorizations at the provider (RFC 7009). Must belong to the same provider.',
    }).optional(),
    /**
     * Issuer of the provider (RFC 9207, RFC 8414 §2). Compared as text, so it must be identical.
     * Kibana does not have this field.
     */
    issuer: issuer().optional(),
    tokenEndpointAuthMethod: userTokenEndpointAuthMethod(),
    privateKey: privateKey({ ...OF_ASSERTION, requiredIf: WITH_KEY }).optional(),
    keyId: keyId(OF_ASSERTION),
    signingAlgorithm: signingAlgorithm(OF_ASSERTION),
    certificate: certificate(OF_ASSERTION),
    assertionAudience: assertionAudience(OF_ASSERTION),
    assertionIssuer: assertionIssuer(OF_ASSERTION),
    assertionParameter: assertionParameter(OF_ASSERTION),
    /**
     * URL that names the account of a grant if the token response has no ID token. Kibana does not
     * have this field.
     */
    userinfoUrl: endpoint({
      label: 'Userinfo URL',
      ...inSection('account'),
      helpText:
        'Endpoint that names the authorized account, which is displayed to users. Must be on the origin of the token URL or of the API.',
    }).optional(),
    accountIdPath: responsePath('Path to the id of the account', 'account'),
    accountLabelPath: responsePath('Path to the name of the account', 'account'),
    scopeParamName: parameterName('Scope parameter'),
    accessTokenPath: responsePath('Path to the access token', 'token_response'),
    tokenTypePath: responsePath('Path to the token type', 'token_response'),
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
