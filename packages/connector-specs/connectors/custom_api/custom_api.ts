import { z } from 'zod';
import { ConnectorActionError } from '../../contract/connector_action_error.ts';
import { defineAction } from '../../contract/define_action.ts';
import { defineConnectorSpec } from '../../contract/validate_spec.ts';
import {
  baseUrl,
  requestInput,
  requestOutput,
  sendRequest,
  toRequestOutput,
} from '../../http_request/index.ts';

const request = defineAction({
  input: requestInput,
  output: requestOutput,
  isTool: false,
  scope: 'destroy',
  description:
    "Sends an HTTP request to the connector's service with the connector's credentials and returns status, headers and body. " +
    'Error statuses are results too, not failures.',
  handler: async (context, params) => toRequestOutput(await sendRequest(context, params)),
});

/** Any HTTP service, with shared credentials or with each user's own account. */
export const customApi = defineConnectorSpec({
  metadata: {
    id: '.custom_api',
    displayName: 'Custom API',
    description:
      "Send requests to any HTTP service, with shared credentials or each user's own account.",
    icon: 'globe',
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
      'oauth_authorization_code',
    ],
  },
  schema: z.strictObject({ url: baseUrl() }),
  validateUrls: { fields: ['url'] },
  actions: { request },
  test: {
    enabled: true,
    description: 'Requests the URL; fails when the credentials are refused.',
    handler: async (context) => {
      const { status } = await sendRequest(context, { method: 'GET' });
      if (status === 401 || status === 403) {
        throw new ConnectorActionError('vendor_error', `the service refused access (${status})`, {
          status,
        });
      }
      return { status };
    },
  },
});
