import type { DevProviders } from '@latchkey/dev-providers';
import { z } from 'zod';
import type { Execution, Reachable, TestUser } from './test_user.ts';

/** Body of a request that creates a connector. */
export interface ConnectorBody {
  readonly name: string;
  readonly connector_type_id: string;
  readonly config?: Readonly<Record<string, unknown>>;
  readonly secrets?: Readonly<Record<string, unknown>>;
}

/**
 * Creates a connector.
 * @returns id of the connector
 */
export async function createConnector(
  as: TestUser,
  server: Reachable,
  body: ConnectorBody,
): Promise<string> {
  const created = await as.json(server, 'POST /api/actions/connector', body);
  return z.object({ id: z.string() }).parse(created).id;
}

/** A Google Drive connector that uses Quick Connect. */
export const driveByEars: ConnectorBody = {
  name: 'Drive (Quick Connect)',
  connector_type_id: '.google_drive',
  secrets: { authType: 'ears' },
};

/** Returns a Google Drive connector that uses the organisation's own OAuth app. */
export const driveByOwnApp = ({ google }: Pick<DevProviders, 'google'>): ConnectorBody => ({
  name: 'Drive (own app)',
  connector_type_id: '.google_drive',
  secrets: {
    authType: 'oauth_authorization_code',
    clientId: google.client.clientId,
    clientSecret: google.client.clientSecret,
  },
});

/**
 * Returns a connector to the protected API of the strict server, whose refresh tokens can be used
 * once.
 * @param over values that replace or extend the secrets
 */
export const strictFiles = (
  { strict }: Pick<DevProviders, 'strict'>,
  over: Readonly<Record<string, unknown>> = {},
): ConnectorBody => ({
  name: 'Strict files',
  connector_type_id: '.custom_api',
  config: { url: `${strict.origin}/api` },
  secrets: {
    authType: 'oauth_authorization_code',
    authorizationUrl: strict.authorizationEndpoint,
    tokenUrl: strict.tokenEndpoint,
    clientId: strict.clients.post.clientId,
    clientSecret: strict.clients.post.clientSecret,
    tokenEndpointAuthMethod: 'client_secret_post',
    scope: 'openid files.read',
    ...over,
  },
});

/** Like {@link strictFiles}, with a URL at which tokens can be revoked. */
export const revocableStrictFiles = ({ strict }: Pick<DevProviders, 'strict'>): ConnectorBody =>
  strictFiles({ strict }, { revocationUrl: strict.revocationEndpoint });

/**
 * Like {@link strictFiles}, with another OAuth app, so that faults of one app's tokens do not
 * affect those of the other app.
 */
export const strictFilesOfOtherApp = (
  { strict }: Pick<DevProviders, 'strict'>,
  over: Readonly<Record<string, unknown>> = {},
): ConnectorBody =>
  strictFiles(
    { strict },
    {
      clientId: strict.clients.basic.clientId,
      clientSecret: strict.clients.basic.clientSecret,
      tokenEndpointAuthMethod: 'client_secret_basic',
      ...over,
    },
  );

/** Parameters of an execution that searches Google Drive for files whose name contains `text`. */
export const searchFiles = (text = '') => ({
  subAction: 'searchFiles',
  subActionParams: { query: `name contains '${text}'` },
});

/** Parameters of an execution that lists the user's files at the strict API. */
export const listStrictFiles = {
  subAction: 'request',
  subActionParams: { method: 'GET', path: '/files' },
} as const;

const driveFiles = z.object({ files: z.array(z.object({ name: z.string() })) });
const strictResponse = z.object({
  status: z.number(),
  data: z.looseObject({
    owner: z.string().optional(),
    files: z.array(z.object({ name: z.string() })).optional(),
  }),
});

/**
 * Returns the file names in the result of {@link searchFiles}.
 * @throws Error with the response when the execution failed
 */
export function driveNames(execution: Execution): string[] {
  return driveFiles.parse(ok(execution).data).files.map(({ name }) => name);
}

/**
 * Returns the owner of the files that {@link listStrictFiles} listed; `undefined`: the API refused
 * the request.
 * @throws Error when the execution failed
 */
export function strictOwner(execution: Execution): string | undefined {
  return strictResponse.parse(ok(execution).data).data.owner;
}

/**
 * Lists a user's files at the strict API and returns their owner, see {@link strictOwner}.
 * @throws Error when the execution failed
 */
export async function filesOwner(
  user: TestUser,
  server: Reachable,
  connectorId: string,
): Promise<string | undefined> {
  return strictOwner(await user.execute(server, connectorId, listStrictFiles));
}

/**
 * Returns an execution that succeeded.
 * @throws Error with the response when the execution failed
 */
function ok(execution: Execution): Execution {
  if (execution.status !== 'ok') throw new Error(`Execution failed: ${JSON.stringify(execution)}`);
  return execution;
}
