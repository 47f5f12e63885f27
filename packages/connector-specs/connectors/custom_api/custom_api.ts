import { z } from 'zod';
import { ConnectorActionError } from '../../contract/errors.ts';
import {
  baseUrl,
  idempotencyHeader,
  requestInput,
  requestOutput,
  sendRequest,
  toRequestOutput,
} from '../../http_request/index.ts';
import { defineAction, defineConnectorSpec, providerData } from '../../spec_definition/index.ts';
import { translations } from './translations.ts';

const request = defineAction({
  input: requestInput,
  output: requestOutput,
  isTool: false,
  scope: 'destroy',
  description:
    "Sends an HTTP request to the connector's service with the connector's credentials and returns status, headers and body. " +
    'Error statuses are results, not failures.',
  handler: async (context, params) => toRequestOutput(await sendRequest(context, params)),
});

/**
 * Fields in which an administrator enters how the provider differs from the RFCs, because this type
 * can be used with any provider.
 */
const SHOWN_FIELDS = Object.fromEntries(
  [
    'tokenEndpointAuthMethod',
    'privateKey',
    'keyId',
    'signingAlgorithm',
    'certificate',
    'assertionAudience',
    'assertionIssuer',
    'assertionParameter',
    'accountIdPath',
    'accountLabelPath',
    'scopeParamName',
    'accessTokenPath',
    'tokenTypePath',
    'tokenType',
  ].map((name) => [name, { hidden: false }]),
);

/** Sends requests to any HTTP service, with shared credentials or one account per user. */
export const customApi = defineConnectorSpec({
  metadata: {
    id: '.custom_api',
    displayName: 'Custom API',
    description:
      "Send requests to any HTTP service, with shared credentials or each user's own account.",
    icon: 'code',
    minimumLicense: 'basic',
    supportedFeatureIds: ['agentBuilder', 'workflows'],
  },
  formerId: '.http',
  auth: {
    types: [
      'none',
      'basic',
      'bearer',
      { type: 'api_key_header', defaults: { chooseHeader: true } },
      'oauth_client_credentials',
      'oauth_client_credentials_private_key_jwt',
      { type: 'oauth_authorization_code', defaults: {}, overrides: { meta: SHOWN_FIELDS } },
    ],
  },
  schema: z.strictObject({
    url: baseUrl(),
    idempotencyHeader: idempotencyHeader(),
    providerData: providerData(),
  }),
  providerDataField: 'providerData',
  validateUrls: { fields: ['url'] },
  actions: { request },
  test: {
    enabled: true,
    description: 'Requests the URL. Fails if the credentials are rejected.',
    handler: async (context) => {
      const { status } = await sendRequest(context, { method: 'GET' });
      if (status === 401 || status === 403) {
        throw new ConnectorActionError('vendor_error', `the service denied access (${status})`, {
          status,
        });
      }
      return { status };
    },
  },
  translations,
});
