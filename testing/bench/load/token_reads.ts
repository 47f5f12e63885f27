import type { StoreLocation } from '@latchkey/test-environment';
import { medians } from '../measure/statistics.ts';
import { type Role, startRole } from '../processes/role.ts';
import type { Reading, ReadResult } from '../processes/token_reader.ts';
import type { BenchConnector } from '../store/bench_connector.ts';

/** Medians of token reads over all rounds. Times are in milliseconds. */
export interface TokenReads {
  readonly tokens: number;
  readonly perSecond: number;
  readonly p50: number;
  readonly p99: number;
  /** CPU time of the reading process per read. */
  readonly cpuMicroseconds: number;
}

const ROUND_MS = 1_000;

/**
 * Measures token reads in process, without HTTP. In each round, one store is measured after the
 * other.
 * @param stocks stores, each with the tokens of this number of users, one of whom is the caller
 */
export async function measureTokenReads(
  stocks: readonly { readonly location: StoreLocation; readonly tokens: number }[],
  connector: BenchConnector,
  rounds: number,
): Promise<readonly TokenReads[]> {
  const readers: {
    readonly tokens: number;
    readonly role: Role<Reading, ReadResult>;
    readonly results: ReadResult[];
  }[] = [];
  try {
    for (const { location, tokens: all } of stocks) {
      const role = startRole<Reading, ReadResult>('token_reader');
      const tokens = all - 1;
      readers.push({ tokens, role, results: [] });
      await role.ask({ open: location, connector, tokens });
      await role.ask({ readForMs: ROUND_MS });
    }
    for (let round = 0; round < rounds; round += 1) {
      for (const { role, results } of readers)
        results.push(await role.ask({ readForMs: ROUND_MS }));
    }
    return readers.map(({ tokens, results }) => ({
      tokens,
      ...medians(results, 'perSecond', 'p50', 'p99', 'cpuMicroseconds'),
    }));
  } finally {
    await Promise.all(readers.map(({ role }) => role.stop()));
  }
}
