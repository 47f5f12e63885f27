import { setPriority } from 'node:os';
import { CONNECTOR_SO_TYPE, grantId } from '@latchkey/actions-plugin/server/testing';
import type { StoreLocation } from '@latchkey/test-environment';
import { type BenchConnector, CONNECTOR_TYPE } from '../store/bench_connector.ts';
import { userOf, writeAccount, writeAll, writeGrant } from '../store/grants.ts';
import { type OpenStore, openStore } from '../store/open_store.ts';
import { handleInputs } from './role.ts';

/** Connectors to create in one space. One user has authorized all of them. */
export interface SpaceFilling {
  readonly spaceId: string;
  readonly profileUid: string;
  readonly count: number;
}

/**
 * Requests to the filler. `open` opens a store. `from` with `count` writes the grants of users
 * number `from` to `from + count - 1` to the open store. A {@link SpaceFilling} writes the
 * connectors of a space, which are copies of the opened connector.
 */
export type Filling =
  | { readonly open: StoreLocation; readonly connector: BenchConnector }
  | { readonly from: number; readonly count: number }
  | SpaceFilling
  | 'close';

/**
 * Number of grants that are written at the same time. It is enough for several commits of SQLite or
 * bulk requests of Elasticsearch, so that encryption continues while the store works.
 */
const CONCURRENCY = 2_000;
/**
 * Number of connectors that are written at the same time. It is smaller, because a connector with
 * its grant is larger than a grant.
 */
const CONNECTOR_CONCURRENCY = 500;

let opened: { readonly store: OpenStore; readonly connector: BenchConnector } | undefined;

async function fill(filling: Filling): Promise<void> {
  if (filling !== 'close' && 'open' in filling) {
    const { open, connector } = filling;
    opened = { store: await openStore(open, { connector }), connector };
    return;
  }
  if (opened === undefined) throw new Error('A fill was requested before a store was opened');
  const { store, connector } = opened;
  if (filling === 'close') await store.close();
  else if ('from' in filling) await fillGrants(store, connector.id, filling);
  else await fillSpace(store, connector, filling);
}

/** Writes grants and the accounts of their owners. */
async function fillGrants(
  store: OpenStore,
  connectorId: string,
  { from, count }: { readonly from: number; readonly count: number },
): Promise<void> {
  // The grants are sorted by id, so that a commit changes few pages of the indexes. This is three
  // times as fast.
  const ordered = Array.from({ length: count }, (_, at) => userOf(from + at))
    .map((profileUid) => ({
      profileUid,
      id: grantId({ scope: 'per-user', connectorId, profileUid }),
    }))
    .sort((a, b) => (a.id < b.id ? -1 : 1));
  await writeAll(count, CONCURRENCY, async (index) => {
    const { profileUid = '' } = ordered[index] ?? {};
    await writeAccount(store.repository, profileUid);
    await writeGrant(store, { connectorId, profileUid });
  });
}

/** Writes connectors as the create route does, each with one grant. */
async function fillSpace(
  store: OpenStore,
  { config, secrets }: BenchConnector,
  { spaceId, profileUid, count }: SpaceFilling,
): Promise<void> {
  await writeAll(count, CONNECTOR_CONCURRENCY, async (index) => {
    const id = `${spaceId}-${index}`;
    await store.repository.create(
      CONNECTOR_SO_TYPE,
      {
        name: `Connector ${index} of ${spaceId}`,
        actionTypeId: CONNECTOR_TYPE,
        isMissingSecrets: false,
        config: { ...config, authType: secrets['authType'] },
        secrets,
        authMode: 'per-user',
      },
      { id, namespace: spaceId, visibleToSearch: index === count - 1 },
    );
    await writeGrant(store, { connectorId: id, profileUid }, { spaceId });
  });
}

// Filling takes minutes, so this process gives other programs on the machine priority.
setPriority(10);
handleInputs(fill);
