import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type DevProviders, devServerSettings } from '@latchkey/dev-providers';
import type { StoredDocument } from '@latchkey/saved-objects';
import type { HttpResponse } from '@latchkey/test-environment';
import {
  type ConnectorBody,
  type Installation,
  stopAtTheEnd,
  strictFiles,
  TestUser,
  twoUsers,
} from '@latchkey/test-environment';
import type { Store } from '@latchkey/test-environment/stores';
import { credentialsIn, TestProxy } from '@latchkey/test-proxy';
import { Canaries } from '../support/canaries.ts';
import { everythingStored } from '../support/everything_stored.ts';
import { storedDocuments } from '../support/stored_documents.ts';

/** Path at which the service responds with the headers of the request, as careless services do. */
export const ECHO_PATH = '/api/echo';

/** Secrets that the scenario invents. */
export const SECRETS = {
  adminPassword: 'canary-admin-password-6f1e22',
  wrongPassword: 'canary-wrong-password-b81c07',
  newPassword: 'canary-new-password-5d9a40',
  guestPassword: 'canary-guest-password-c04f71',
  bearer: 'canary-bearer-token-0a77e3',
  basicPassword: 'canary-basic-password-e2b915',
  headerKey: 'canary-header-key-47ff06',
  editedKey: 'canary-edited-key-3b60d8',
  preconfigured: 'canary-preconfigured-token-918e',
  refusedSecret: 'canary-refused-secret-27bd44',
  forgedState: 'canary-forged-state-77aa01-canary-forged-st',
  forgedCode: 'canary-forged-code-93c1d8',
} as const;

/**
 * An installation whose secrets are all known, and everything that was observed during the
 * scenario.
 */
export interface Scenario {
  readonly environment: Installation;
  readonly canaries: Canaries;
  /** A visitor without an account. */
  readonly visitor: TestUser;
  /** Origin of the strict server, through a recording proxy. */
  readonly strictOrigin: string;
  /** Contents of the store at each call of {@link Scenario.recordStore}. */
  readonly stored: readonly string[];
  /** Every task that was stored at a call of {@link Scenario.recordTasks}, by id. */
  readonly tasks: ReadonlyMap<string, StoredDocument>;
  /** Includes the responses to another user in {@link Scenario.everyResponse}. */
  add(testUser: TestUser): TestUser;
  everyResponse(): HttpResponse[];
  /** Records the current contents of the store. */
  recordStore(): Promise<void>;
  recordTasks(): Promise<void>;
}

/** Starts an installation whose requests to providers all pass a recording proxy. */
export async function startScenario(store: Store): Promise<Scenario> {
  const canaries = new Canaries();
  for (const [kind, value] of Object.entries(SECRETS)) canaries.add(kind, value);
  const proxies: TestProxy[] = [];
  const environment = await twoUsers({
    store,
    providerSettings: (providers) => settingsThroughProxies(providers, { canaries, proxies }),
    adminPassword: SECRETS.adminPassword,
    settings: SETTINGS,
  });
  const visitor = new TestUser({ username: 'nobody', password: SECRETS.wrongPassword });
  const users = [environment.admin, environment.ana, environment.ben, visitor];
  for (const { password } of [environment.ana, environment.ben]) canaries.add('password', password);
  const keyFile = join(environment.dataPath, 'encryption_key');
  canaries.add('encryption key', readFileSync(keyFile, 'utf8').trim());
  const stored: string[] = [];
  const tasks = new Map<string, StoredDocument>();
  return {
    environment,
    canaries,
    visitor,
    strictOrigin: proxies[2]?.origin ?? '',
    stored,
    tasks,
    add: (testUser) => {
      users.push(testUser);
      return testUser;
    },
    everyResponse: () => users.flatMap(({ responses }) => responses),
    recordStore: async () => {
      stored.push(await everythingStored(environment));
    },
    recordTasks: async () => {
      for (const task of await storedDocuments(environment, 'task')) tasks.set(task.key, task);
    },
  };
}

const SETTINGS = {
  'logging.root.level': 'trace',
  'xpack.task_manager.poll_interval': '200ms',
  'xpack.actions.preconfigured': {
    fixed: {
      name: 'Fixed',
      actionTypeId: '.custom_api',
      config: { url: 'http://127.0.0.1:9/' },
      secrets: { authType: 'bearer', token: SECRETS.preconfigured },
    },
  },
};

async function settingsThroughProxies(
  providers: DevProviders,
  { canaries, proxies }: { readonly canaries: Canaries; readonly proxies: TestProxy[] },
) {
  const [google, ears, strict] = await Promise.all(
    [providers.google, providers.ears, providers.strict].map(({ origin }) =>
      startRecordingProxy(origin, canaries),
    ),
  );
  if (!google || !ears || !strict) throw new Error('A proxy is missing');
  for (const proxy of [google, ears, strict]) stopAtTheEnd(() => proxy.stop());
  proxies.push(google, ears, strict);
  return devServerSettings({ google, ears });
}

/** Starts a proxy that adds the credentials in requests and responses to the canaries. */
async function startRecordingProxy(target: string, canaries: Canaries): Promise<TestProxy> {
  const proxy = await TestProxy.start({
    target,
    records: false,
    onExchange: (exchange) => {
      for (const [kind, value] of credentialsIn(exchange)) canaries.add(kind, value);
    },
  });
  proxy.treat = ({ path, headers }) =>
    path === ECHO_PATH ? { status: 200, body: { headers } } : 'forward';
  return proxy;
}

/** Returns a connector to the strict API whose client uses this authentication method. */
export function strictThroughProxy(
  { environment, canaries, strictOrigin }: Scenario,
  method: 'client_secret_post' | 'client_secret_basic' = 'client_secret_post',
): ConnectorBody {
  const { clients } = environment.strict;
  const client = method === 'client_secret_basic' ? clients.basic : clients.post;
  canaries.add('client secret', client.clientSecret);
  const body = strictFiles(environment, {
    tokenUrl: `${strictOrigin}/token`,
    clientId: client.clientId,
    clientSecret: client.clientSecret,
    tokenEndpointAuthMethod: method,
  });
  return { ...body, config: { url: `${strictOrigin}/api` } };
}
