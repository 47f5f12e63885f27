import { z } from 'zod';
import { ConnectorActionError } from '../../contract/connector_action_error.ts';
import { defineConnectorSpec } from '../../contract/validate_spec.ts';
import { addMeta, UISchemas } from '../../ui_metadata/index.ts';
import { request, send } from './request.ts';

/** A URL that can serve as the border of where credentials go: no user info, no query, no fragment. */
const baseUrl = () =>
  addMeta(
    UISchemas.url().refine(
      (value) => {
        if (!URL.canParse(value)) return false;
        const url = new URL(value);
        return `${url.username}${url.password}${url.search}${url.hash}` === '';
      },
      { message: 'must have no user info, query or fragment' },
    ),
    {
      label: 'URL',
      helpText: 'Requests and credentials go to this URL and below it, nowhere else.',
      widget: 'text',
      placeholder: 'https://',
      validate: { allowedHosts: true },
    },
  );

/** Any HTTP service, with the credentials kept here instead of in workflows. */
export const http = defineConnectorSpec({
  metadata: {
    id: '.http',
    displayName: 'HTTP',
    description: 'Send requests to any HTTP service.',
    icon: 'globe',
    minimumLicense: 'basic',
    supportedFeatureIds: ['agentBuilder', 'workflows'],
  },
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
      const { status } = await send(context, { method: 'GET' });
      if (status === 401 || status === 403) {
        throw new ConnectorActionError('vendor_error', `the service refused access (${status})`, {
          status,
        });
      }
      return { status };
    },
  },
});
