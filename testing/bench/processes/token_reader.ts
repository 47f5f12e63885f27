import type { StoreLocation } from '@latchkey/test-environment';
import { percentile, Samples } from '../measure/statistics.ts';
import type { BenchConnector } from '../server/bench_connector.ts';
import { type OpenTokens, openTokens } from '../server/open_tokens.ts';
import { userOf } from '../server/users.ts';
import { handleInputs } from './role.ts';

/** Opens a store, or reads from the open one. */
export type Reading =
  | { readonly open: StoreLocation; readonly connector: BenchConnector; readonly tokens: number }
  | { readonly readForMs: number };

/** Times are in milliseconds. */
export interface ReadResult {
  readonly reads: number;
  readonly perSecond: number;
  readonly p50: number;
  readonly p99: number;
  /** CPU time per read of this process, including its threads. */
  readonly cpuMicroseconds: number;
}

const NOTHING: ReadResult = { reads: 0, perSecond: 0, p50: 0, p99: 0, cpuMicroseconds: 0 };

let opened: { readonly tokens: OpenTokens; readonly count: number } | undefined;

/** Random users, so that no cache is helped by one row that is read often. */
async function read(input: Reading): Promise<ReadResult> {
  if ('open' in input) {
    const tokens = await openTokens(input.open, input.connector);
    opened = { tokens, count: input.tokens };
    return NOTHING;
  }
  if (opened === undefined) throw new Error('open a store first');
  const { tokens, count } = opened;
  const times = new Samples();
  const cpuBefore = process.cpuUsage();
  const start = performance.now();
  let now = start;
  while (now - start < input.readForMs) {
    const profileUid = userOf(Math.floor(Math.random() * count));
    const before = performance.now();
    await tokens.tokens.tokens.getToken({ connector: tokens.connector, profileUid });
    now = performance.now();
    times.add(now - before);
  }
  const { user, system } = process.cpuUsage(cpuBefore);
  const sorted = times.sorted();
  return {
    reads: times.count,
    perSecond: (times.count * 1000) / (now - start),
    p50: percentile(sorted, 0.5),
    p99: percentile(sorted, 0.99),
    cpuMicroseconds: (user + system) / times.count,
  };
}

handleInputs(read);
