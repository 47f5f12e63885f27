import type { EgressResponse } from '@latchkey/egress';
import type { ActionContext } from '../../contract/types.ts';
import {
  type RequestInput,
  requestInput,
  requestOutput,
  sendRequest,
  statusErrorOf,
  toRequestOutput,
} from '../../http_request/index.ts';
import { defineAction, defineConnectorSpec } from '../../spec_definition/index.ts';
import { httpConfig } from './config.ts';
import { httpCredentials } from './credentials.ts';
import { translations } from './translations.ts';

/**
 * Sends a request with the headers of the config, unless the caller sets the same header. If a text
 * body has no content type, axios chooses one, as in Kibana: that of a form for POST, PUT and
 * PATCH.
 */
const sendWithHeaders = (context: ActionContext, input: RequestInput): Promise<EgressResponse> =>
  sendRequest(context, input, {
    headers: httpConfig.shape.headers.parse(context.config['headers']) ?? {},
    textType: undefined,
  });

const request = defineAction({
  input: requestInput,
  output: requestOutput,
  isTool: false,
  scope: 'destroy',
  description:
    "Sends an HTTP request to the connector's service with the connector's credentials and returns status, headers and body. " +
    'A status other than 2xx is a failure.',
  handler: async (context, input) => {
    const response = await sendWithHeaders(context, input);
    if (response.status < 200 || response.status > 299) throw statusErrorOf(response);
    return toRequestOutput(response);
  },
});

/** Kibana's HTTP connector, with the same config, secrets and parameters. */
export const http = defineConnectorSpec({
  metadata: {
    id: '.http',
    displayName: 'HTTP',
    description: 'Send requests to an HTTP service with shared credentials.',
    icon: 'globe',
    minimumLicense: 'gold',
    supportedFeatureIds: ['workflows'],
  },
  schema: httpConfig,
  credentials: httpCredentials,
  validateUrls: { fields: ['url'] },
  actions: { request },
  defaultAction: 'request',
  test: {
    enabled: true,
    description: 'Requests the URL. Fails if the credentials are rejected.',
    handler: async (context) => {
      const response = await sendWithHeaders(context, { method: 'GET' });
      if (response.status === 401 || response.status === 403) throw statusErrorOf(response);
      return { status: response.status };
    },
  },
  translations,
});
