import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type DevProviders, devServerSettings } from '@latchkey/dev-providers';
import type { StoredDocument } from '@latchkey/saved-objects';
import { Canaries } from '../rig/canaries.ts';
import { type ConnectorBody, strictFiles } from '../rig/connectors.ts';
import { everythingStored } from '../rig/everything_stored.ts';
import type { HttpAnswer } from '../rig/http_client.ts';
import { type Installation, twoPeople } from '../rig/installation.ts';
import { Person } from '../rig/person.ts';
import { stopAtTheEnd } from '../rig/start_server.ts';
import { storedDocuments } from '../rig/stored_documents.ts';
import type { Store } from '../rig/stores.ts';
import { startTap, type Tap } from '../rig/tap.ts';

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
  readonly house: Installation;
  readonly canaries: Canaries;
  /** Somebody without an account. */
  readonly visitor: Person;
  /** The strict server, through a tap. */
  readonly strictOrigin: string;
  /** What the store held at each {@link Story.look}. */
  readonly stored: readonly string[];
  /** Every task that was stored at a {@link Story.lookAtTasks}, by id. */
  readonly tasks: ReadonlyMap<string, StoredDocument>;
  /** Somebody whose answers count as well. */
  add(person: Person): Person;
  everyAnswer(): HttpAnswer[];
  /** Keeps what is stored at this moment of the story. */
  look(): Promise<void>;
  lookAtTasks(): Promise<void>;
}

/** Everything the server sends to or hears from a provider passes a tap. */
export async function beginStory(store: Store): Promise<Story> {
  const canaries = new Canaries();
  for (const [kind, value] of Object.entries(SECRETS)) canaries.add(kind, value);
  const taps: Tap[] = [];
  const house = await twoPeople({
    store,
    providerSettings: (providers) => settingsThroughTaps(providers, { canaries, taps }),
    adminPassword: SECRETS.adminPassword,
    settings: SETTINGS,
  });
  const visitor = new Person({ username: 'nobody', password: SECRETS.wrongPassword });
  const people = [house.admin, house.ana, house.ben, visitor];
  for (const { password } of [house.ana, house.ben]) canaries.add('password', password);
  const keyFile = join(house.dataPath, 'encryption_key');
  canaries.add('encryption key', readFileSync(keyFile, 'utf8').trim());
  const stored: string[] = [];
  const tasks = new Map<string, StoredDocument>();
  return {
    house,
    canaries,
    visitor,
    strictOrigin: taps[2]?.origin ?? '',
    stored,
    tasks,
    add: (person) => {
      people.push(person);
      return person;
    },
    everyAnswer: () => people.flatMap(({ answers }) => answers),
    look: async () => {
      stored.push(await everythingStored(house));
    },
    lookAtTasks: async () => {
      for (const task of await storedDocuments(house, 'task')) tasks.set(task.key, task);
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

async function settingsThroughTaps(
  providers: DevProviders,
  { canaries, taps }: { readonly canaries: Canaries; readonly taps: Tap[] },
) {
  const [google, ears, strict] = await Promise.all(
    [providers.google, providers.ears, providers.strict].map(({ origin }) =>
      startTap(origin, canaries),
    ),
  );
  if (!google || !ears || !strict) throw new Error('No tap');
  for (const tap of [google, ears, strict]) stopAtTheEnd(() => tap.stop());
  taps.push(google, ears, strict);
  return devServerSettings({ google, ears });
}

/** The strict API, with a client that authenticates in this way. */
export function strictThroughTap(
  { house, canaries, strictOrigin }: Story,
  method: 'client_secret_post' | 'client_secret_basic' = 'client_secret_post',
): ConnectorBody {
  const { clients } = house.providers.strict;
  const client = method === 'client_secret_basic' ? clients.basic : clients.post;
  canaries.add('client secret', client.clientSecret);
  const body = strictFiles(house.providers, {
    tokenUrl: `${strictOrigin}/token`,
    clientId: client.clientId,
    clientSecret: client.clientSecret,
    tokenEndpointAuthMethod: method,
  });
  return { ...body, config: { url: `${strictOrigin}/api` } };
}
