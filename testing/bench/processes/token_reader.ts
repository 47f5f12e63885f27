import type { StoreLocation } from '@latchkey/test-environment';
import { Samples } from '../measure/statistics.ts';
import type { BenchConnector } from '../store/bench_connector.ts';
import { userOf } from '../store/grants.ts';
import { openStore } from '../store/open_store.ts';
import { handleInputs } from './role.ts';

/** Requests to the reader: `open` opens a store, `readForMs` reads from it. */
export type Reading =
  | { readonly open: StoreLocation; readonly connector: BenchConnector; readonly tokens: number }
  | { readonly readForMs: number };

/** Result of reading. Times are in milliseconds. */
export interface ReadResult {
  readonly reads: number;
  readonly perSecond: number;
  readonly p50: number;
  readonly p99: number;
  /** CPU time of this process for one read, including its threads. */
  readonly cpuMicroseconds: number;
}

const NOTHING: ReadResult = { reads: 0, perSecond: 0, p50: 0, p99: 0, cpuMicroseconds: 0 };

let opened: { readonly read: (profileUid: string) => Promise<unknown>; readonly count: number };

/** Reads tokens of random users, so that no cache contains a row that is read often. */
async function respond(input: Reading): Promise<ReadResult> {
  if ('open' in input) {
    const { tokens, connectorOf } = await openStore(input.open, { connector: input.connector });
    const connector = connectorOf(input.connector.id);
    const read = (profileUid: string) => tokens.tokens.getToken({ connector, profileUid });
    opened = { read, count: input.tokens };
    return NOTHING;
  }
  const { read, count } = opened;
  const times = new Samples();
  const cpuBefore = process.cpuUsage();
  const start = performance.now();
  let now = start;
  while (now - start < input.readForMs) {
    const profileUid = userOf(Math.floor(Math.random() * count));
    const before = performance.now();
    await read(profileUid);
    now = performance.now();
    times.add(now - before);
  }
  const { user, system } = process.cpuUsage(cpuBefore);
  return {
    reads: times.count,
    perSecond: (times.count * 1000) / (now - start),
    ...times.distribution(),
    cpuMicroseconds: (user + system) / times.count,
  };
}

handleInputs(respond);
