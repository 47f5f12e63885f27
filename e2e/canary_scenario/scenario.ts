import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type DevProviders, devServerSettings } from '@latchkey/dev-providers';
import type { StoredDocument } from '@latchkey/saved-objects';
import { Canaries } from '../support/canaries.ts';
import { type ConnectorBody, strictFiles } from '../support/connectors.ts';
import { everythingStored } from '../support/everything_stored.ts';
import type { HttpResponse } from '../support/http_client.ts';
import { type Installation, twoUsers } from '../support/installation.ts';
import { stopAtTheEnd } from '../support/start_server.ts';
import { storedDocuments } from '../support/stored_documents.ts';
import type { Store } from '../support/stores.ts';
import { startTestProxy, type TestProxy } from '../support/test_proxy.ts';
import { TestUser } from '../support/test_user.ts';

/** Secrets that the story itself makes up. */
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

/** An installation whose secrets are all known, and what was seen of it while the story was told. */
export interface Story {
  readonly environment: Installation;
  readonly canaries: Canaries;
  /** Somebody without an account. */
  readonly visitor: TestUser;
  /** The strict server, through a tap. */
  readonly strictOrigin: string;
  /** What the store held at each {@link Story.look}. */
  readonly stored: readonly string[];
  /** Every task that was stored at a {@link Story.lookAtTasks}, by id. */
  readonly tasks: ReadonlyMap<string, StoredDocument>;
  /** Somebody whose answers count as well. */
  add(testUser: TestUser): TestUser;
  everyResponse(): HttpResponse[];
  /** Keeps what is stored at this moment of the story. */
  look(): Promise<void>;
  lookAtTasks(): Promise<void>;
}

/** Everything the server sends to or hears from a provider passes a tap. */
export async function beginStory(store: Store): Promise<Story> {
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
    look: async () => {
      stored.push(await everythingStored(environment));
    },
    lookAtTasks: async () => {
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
      startTestProxy(origin, canaries),
    ),
  );
  if (!google || !ears || !strict) throw new Error('No tap');
  for (const tap of [google, ears, strict]) stopAtTheEnd(() => tap.stop());
  proxies.push(google, ears, strict);
  return devServerSettings({ google, ears });
}

/** The strict API, with a client that authenticates in this way. */
export function strictThroughProxy(
  { environment, canaries, strictOrigin }: Story,
  method: 'client_secret_post' | 'client_secret_basic' = 'client_secret_post',
): ConnectorBody {
  const { clients } = environment.providers.strict;
  const client = method === 'client_secret_basic' ? clients.basic : clients.post;
  canaries.add('client secret', client.clientSecret);
  const body = strictFiles(environment.providers, {
    tokenUrl: `${strictOrigin}/token`,
    clientId: client.clientId,
    clientSecret: client.clientSecret,
    tokenEndpointAuthMethod: method,
  });
  return { ...body, config: { url: `${strictOrigin}/api` } };
}
