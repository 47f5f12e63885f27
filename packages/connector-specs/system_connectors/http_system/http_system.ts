import { z } from 'zod';
import { ConnectorActionError } from '../../contract/errors.ts';
import {
  requestInput,
  requestOutput,
  sendRequest,
  statusErrorOf,
  toRequestOutput,
} from '../../http_request/index.ts';
import { defineAction, defineConnectorSpec } from '../../spec_definition/define_spec.ts';

const input = requestInput.omit({ path: true }).required({ url: true });

const request = defineAction({
  input,
  output: requestOutput,
  isTool: false,
  scope: 'destroy',
  description:
    'Sends an HTTP request without credentials to an allowed host, and returns status, headers and body. ' +
    'A status of 400 and above is a failure.',
  handler: async (context, { url, ...rest }) => {
    const baseUrl = URL.parse(url)?.origin;
    if (baseUrl === undefined || baseUrl === 'null')
      throw new ConnectorActionError('invalid_input', '[url] is not an absolute URL');
    const defaults = { headers: {}, textType: undefined, baseUrl };
    const response = await sendRequest(context, { url, ...rest }, defaults);
    if (response.status >= 400) throw statusErrorOf(response);
    return toRequestOutput(response);
  },
});

/**
 * Sends requests for features of the server, without a connector that an administrator has created.
 * It has no credentials, and the rules for outbound requests apply.
 */
export const httpSystem = defineConnectorSpec({
  metadata: {
    id: '.http-system',
    displayName: 'HTTP',
    description: 'Send requests without credentials.',
    icon: 'globe',
    minimumLicense: 'basic',
    supportedFeatureIds: ['workflows'],
  },
  schema: z.strictObject({}),
  actions: { request },
  defaultAction: 'request',
  test: { enabled: false, handler: async () => undefined },
});
