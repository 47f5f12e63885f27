import type { EgressResponse } from '@latchkey/egress';
import { parseRetryAfter } from '@latchkey/oauth-providers';
import { ConnectorActionError } from '../../contract/errors.ts';
import type { ActionContext } from '../../contract/types.ts';
import {
  type RequestInput,
  requestInput,
  requestOutput,
  sendRequest,
  toRequestOutput,
} from '../../http_request/index.ts';
import { defineAction, defineConnectorSpec } from '../../spec_definition/define_spec.ts';
import { httpConfig } from './config.ts';
import { httpCredentials } from './credentials.ts';
import { translations } from './translations.ts';

/** Allowed reason phrases. The service can send any text. */
const REASON_PHRASE = /^[A-Za-z0-9 '_-]{1,64}$/;

/** Statuses that Kibana's connector reports as user errors. */
const USER_ERRORS: ReadonlySet<number> = new Set([400, 404, 405, 406, 410, 411, 414, 428, 431]);

const statusErrorOf = ({ status, statusText, headers }: EgressResponse): ConnectorActionError => {
  const reason = REASON_PHRASE.test(statusText) ? ` ${statusText}` : '';
  const serviceMessage = `[${status}]${reason}`;
  return new ConnectorActionError('vendor_error', `HTTP request failed: ${serviceMessage}`, {
    status,
    serviceMessage,
    isUserError: USER_ERRORS.has(status),
    retryAfterMs: parseRetryAfter(headers['retry-after'], new Date()),
  });
};

/**
 * Sends a request with the headers of the config, unless the caller sets the same header. If a text
 * body has no content type, axios chooses it, as in Kibana: that of a form for POST, PUT and PATCH.
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
