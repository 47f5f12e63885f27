import { type ConnectorSpec, defineAction, defineConnectorSpec } from '@latchkey/connector-specs';
import { z } from 'zod';

/** Metadata of connector types whose API depends on grant facts. */
const about = (id: string) => ({
  metadata: {
    id,
    displayName: id,
    description: 'For tests.',
    minimumLicense: 'basic' as const,
    supportedFeatureIds: ['workflows' as const],
  },
  auth: { types: ['oauth_authorization_code'] },
  test: { enabled: false, handler: async () => ({}) },
});

/**
 * Connector type that calls the host of the user's organisation, or another URL with the same
 * client.
 */
export const salesforceSpec = defineConnectorSpec({
  ...about('.sites_salesforce'),
  provider: 'salesforce',
  apiOrigins: ['{grant.instance_url}'],
  actions: {
    whoami: defineAction({
      input: z.strictObject({ url: z.string().max(200).optional() }),
      scope: 'read',
      description: 'Requests the account of the token.',
      handler: async ({ request, grant }, { url }) => {
        const { status, data } = await request({
          url: url ?? `${grant['instance_url']}/services/data`,
        });
        return { status, data, grant };
      },
    }),
  },
});

/** Connector type that calls one of several sites of a grant. */
export const atlassianSpec = defineConnectorSpec({
  ...about('.sites_atlassian'),
  schema: z.strictObject({}),
  provider: 'atlassian',
  apiOrigins: ['https://api.atlassian.com'],
  actions: {
    whoami: defineAction({
      input: z.strictObject({}),
      scope: 'read',
      description: 'Requests the account of the token.',
      handler: async ({ request, grant }) => {
        const url = `https://api.atlassian.com/ex/jira/${grant['cloudId']}/myself`;
        const { status, data } = await request({ url });
        return { status, data, grant };
      },
    }),
  },
});

/** Creates a connector of one of the two types. */
export const aSiteConnector = (
  { metadata }: ConnectorSpec,
  { client }: { readonly client: { readonly id: string; readonly secret: string } },
  scope: string,
) => ({
  connector_type_id: metadata.id,
  secrets: {
    authType: 'oauth_authorization_code',
    clientId: client.id,
    clientSecret: client.secret,
    scope,
  },
});
