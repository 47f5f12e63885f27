import type { StoreLocation } from '@latchkey/test-environment';
import { type Repeated, repeat } from '../measure/statistics.ts';
import type { Keys } from '../store/bench_connector.ts';
import { DAY_MS, userOf } from '../store/grants.ts';
import { connectorIdOf, type OpenStore, openStore } from '../store/open_store.ts';
import { handleInputs } from './role.ts';

/** Request to use random grants. The use begins after the response and continues until `stop`. */
export interface GrantUse {
  readonly location: StoreLocation;
  readonly keys: Keys;
  readonly grants: number;
  /** Milliseconds between two uses. */
  readonly everyMs: number;
  /**
   * `read`: reads tokens. `write`: reads tokens and records their use, which encrypts them again.
   */
  readonly work: 'read' | 'write';
}

/** Response to `stop`. `undefined`: response to the start. */
export type GrantUseReport = Repeated | undefined;

const stop = new AbortController();
let running: Promise<Repeated>;

async function respond(input: GrantUse | 'stop'): Promise<GrantUseReport> {
  if (input === 'stop') {
    stop.abort();
    return running;
  }
  const { location, keys, grants, everyMs, work } = input;
  const open = await openStore(location, { keys });
  const use = (): Promise<unknown> => {
    const index = Math.floor(grants * Math.random());
    return work === 'read' ? readToken(open, index) : recordUse(open, index);
  };
  running = repeat(use, { everyMs, signal: stop.signal });
  return undefined;
}

function readToken({ tokens, connectorOf }: OpenStore, index: number): Promise<unknown> {
  const connector = connectorOf(connectorIdOf(index));
  return tokens.tokens.getToken({ connector, profileUid: userOf(index) });
}

async function recordUse({ tokens }: OpenStore, index: number): Promise<void> {
  const key = { connectorId: connectorIdOf(index), profileUid: userOf(index) };
  const grant = await tokens.store.read({ scope: 'per-user', ...key });
  if (grant === undefined) throw new Error('A grant of the data set is missing.');
  await tokens.store.compareAndSet(grant, { lastUsedAt: new Date(Date.now() + DAY_MS) });
}

handleInputs(respond);
