import type { ActionsSetup } from '@latchkey/actions-plugin/server';
import { type ConnectorSpec, defineAction, defineConnectorSpec } from '@latchkey/connector-specs';
import { z } from 'zod';

/** A connector type whose action uses its client as axios, as connectors from Kibana do. */
const axiosConnector: ConnectorSpec = defineConnectorSpec({
  metadata: {
    id: '.bench_axios',
    displayName: 'Bench',
    description: 'Requests a path with axios.',
    minimumLicense: 'basic',
    supportedFeatureIds: ['workflows'],
  },
  auth: { types: ['oauth_authorization_code'] },
  schema: z.strictObject({ url: z.url().max(1024) }),
  validateUrls: { fields: ['url'] },
  actions: {
    request: defineAction({
      input: z.strictObject({ path: z.string().max(100) }),
      scope: 'read',
      description: 'GETs a path.',
      handler: async ({ client, config, signal }, { path }) => {
        const { status, data } = await client.get(`${config['url']}/${path}`, { signal });
        return { status, data };
      },
    }),
  },
  test: { enabled: false, handler: async () => ({}) },
});

/** Registers the connector type. Called by core, once per process. */
export const plugin = () => ({
  setup: (_core: object, { actions }: { readonly actions: ActionsSetup }) =>
    actions.registerConnectorSpec(axiosConnector),
  start: () => ({}),
  stop: () => {},
});
