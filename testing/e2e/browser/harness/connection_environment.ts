import { afterAll, beforeAll } from '@jest/globals';
import { type DevProviders, devServerSettings, startDevProviders } from '@latchkey/dev-providers';
import {
  aDataPath,
  createConnector,
  createUser,
  driveByOwnApp,
  type Reachable,
  type ServerProcess,
  startServer,
  stopAtTheEnd,
  stopEverything,
  TestUser,
} from '@latchkey/test-environment';
import { z } from 'zod';
import { withBareStore } from '../../support/stored_documents.ts';
import { type BasePathProxy, startBasePathProxy } from './base_path_proxy.ts';

const ROLE = 'connector_user';
const STATE_TYPE = 'oauth_state';
const grants = z.object({
  grants: z.array(z.object({ username: z.string().optional(), connection_status: z.string() })),
});

/** A server behind a proxy with a base path, Google, and two users who may use connectors. */
export interface ConnectionEnvironment {
  readonly proxy: BasePathProxy;
  readonly google: DevProviders['google'];
  readonly admin: TestUser;
  readonly ana: TestUser;
  readonly ben: TestUser;
  /** Stops the server. Requests fail until `startAgain`. */
  stop(): Promise<void>;
  startAgain(): Promise<void>;
  /** Creates a connector to Google Drive. */
  createDrive(name: string, server?: Reachable): Promise<string>;
  /** Stored connections of a connector, as `username status`. */
  storedConnections(connectorId: string, server?: Reachable): Promise<readonly string[]>;
  /** Ends the time in which the user may return from the provider. */
  expireAttempt(flowId: string): Promise<void>;
}

/** Starts a {@link ConnectionEnvironment} before the tests of the file, and stops it after them. */
export function useConnectionEnvironment(basePath: string): ConnectionEnvironment {
  const environment = {};
  beforeAll(async () => {
    Object.assign(environment, await startEnvironment(basePath));
  });
  afterAll(stopEverything);
  return environment as ConnectionEnvironment;
}

async function startEnvironment(basePath: string): Promise<ConnectionEnvironment> {
  const anyPort = { port: 0 };
  const providers = await startDevProviders({ google: anyPort, ears: anyPort, strict: anyPort });
  stopAtTheEnd(() => providers.stop());
  const proxy = await startBasePathProxy(basePath);
  const dataPath = aDataPath();
  const settings = { ...devServerSettings(providers), 'server.basePath': basePath };
  let server: ServerProcess;
  const startAgain = async (): Promise<void> => {
    server = await startServer({ dataPath, settings, publicBaseUrl: proxy.url });
    proxy.forwardTo(server.url);
  };
  await startAgain();
  const admin = new TestUser({ username: 'elastic', password: 'changeme', isProgram: true });
  const users = await createUsers(admin, proxy);
  return {
    proxy,
    google: providers.google,
    admin,
    ...users,
    startAgain,
    stop: async () => {
      await server.stop();
    },
    createDrive: (name, at = proxy) =>
      createConnector(admin, at, { ...driveByOwnApp(providers), name }),
    async storedConnections(connectorId, at = proxy) {
      const body = await admin.json(at, `GET /api/actions/connector/${connectorId}/grants`);
      return grants
        .parse(body)
        .grants.map(({ username, connection_status: status }) => `${username} ${status}`);
    },
    expireAttempt: (flowId) => expireAttempt({ dataPath, settings }, flowId),
  };
}

async function createUsers(admin: TestUser, server: Reachable) {
  await admin.json(server, `PUT /api/security/role/${ROLE}`, {
    kibana: [{ feature: { actions: ['read'] }, spaces: ['*'] }],
  });
  const ana = new TestUser({
    username: 'ana',
    password: 'ana-password-7c41',
    account: 'ana',
    isProgram: true,
  });
  const ben = new TestUser({
    username: 'ben',
    password: 'ben-password-93fe',
    account: 'ben',
    isProgram: true,
  });
  for (const user of [ana, ben]) await createUser(admin, server, user, [ROLE]);
  return { ana, ben };
}

/** The server reads the deadline of a pending attempt with every question. */
async function expireAttempt(
  where: { readonly dataPath: string; readonly settings: Readonly<Record<string, unknown>> },
  flowId: string,
): Promise<void> {
  await withBareStore(where, STATE_TYPE, async (store) => {
    for await (const batch of store.iterate({ types: [STATE_TYPE], batchSize: 100 })) {
      const found = batch.find(({ key }) => key.endsWith(`:${flowId}`));
      if (found === undefined) continue;
      const expiresAt = new Date(Date.now() - 1000).toISOString();
      await store.put({ ...found, attributes: { ...found.attributes, expiresAt } });
      return;
    }
    throw new Error(`There is no attempt ${flowId}`);
  });
}
