import type { AxiosResponse } from 'axios';
import { ConnectorActionError } from '../../contract/connector_action_error.ts';
import { defineAction } from '../../contract/define_action.ts';
import type { ActionContext } from '../../contract/types.ts';
import { defineConnectorSpec } from '../../contract/validate_spec.ts';
import {
  type RequestInput,
  requestInput,
  requestOutput,
  sendRequest,
  toRequestOutput,
} from '../../http_request/index.ts';
import { retryAfterMsOf } from '../../vendor_calls/index.ts';
import { httpConfig } from './config.ts';
import { httpCredentials } from './credentials.ts';

/** The reason phrase is text that the service chose. */
const REASON_PHRASE = /^[A-Za-z0-9 '_-]{1,64}$/;

/** Statuses that Kibana's connector puts down to the user. */
const USER_ERRORS: ReadonlySet<number> = new Set([400, 404, 405, 406, 410, 411, 414, 428, 431]);

const refusalOf = ({ status, statusText, headers }: AxiosResponse): ConnectorActionError => {
  const reason = REASON_PHRASE.test(statusText) ? ` ${statusText}` : '';
  const serviceMessage = `[${status}]${reason}`;
  return new ConnectorActionError('vendor_error', `HTTP request failed: ${serviceMessage}`, {
    status,
    serviceMessage,
    isUserError: USER_ERRORS.has(status),
    retryAfterMs: retryAfterMsOf(headers['retry-after']),
  });
};

/**
 * Headers of the config are sent with every request, unless the caller sets the same ones. A text
 * body without a content type gets the one of axios, as in Kibana: a form for POST, PUT and PATCH.
 */
const sendWithHeaders = (context: ActionContext, input: RequestInput): Promise<AxiosResponse> =>
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
    if (response.status < 200 || response.status > 299) throw refusalOf(response);
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
    description: 'Requests the URL; fails when the credentials are refused.',
    handler: async (context) => {
      const response = await sendWithHeaders(context, { method: 'GET' });
      if (response.status === 401 || response.status === 403) throw refusalOf(response);
      return { status: response.status };
    },
  },
});
