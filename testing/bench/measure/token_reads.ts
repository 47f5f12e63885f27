import type { StoreLocation } from '@latchkey/test-environment';
import { type Role, startRole } from '../processes/role.ts';
import type { Reading, ReadResult } from '../processes/token_reader.ts';
import type { BenchConnector } from '../server/bench_connector.ts';
import { median } from './statistics.ts';

/** Medians over the rounds; times are in milliseconds. */
export interface TokenReads {
  readonly tokens: number;
  readonly perSecond: number;
  readonly p50: number;
  readonly p99: number;
  /** CPU time of the reading process per read. */
  readonly cpuMicroseconds: number;
}

/** A store with that many tokens of other users. */
export interface TokenStock {
  readonly location: StoreLocation;
  readonly tokens: number;
}

const ROUND_MS = 1_000;

/** Measures token reads in process, without HTTP: one store after the other, round after round. */
export async function measureTokenReads(
  stocks: readonly TokenStock[],
  connector: BenchConnector,
  rounds: number,
): Promise<readonly TokenReads[]> {
  const readers: { readonly stock: TokenStock; readonly role: Role<Reading, ReadResult> }[] = [];
  try {
    for (const stock of stocks) {
      const role = startRole<Reading, ReadResult>('token_reader');
      readers.push({ stock, role });
      await role.ask({ open: stock.location, connector, tokens: stock.tokens });
      await role.ask({ readForMs: ROUND_MS });
    }
    const results = readers.map(() => [] as ReadResult[]);
    for (let round = 0; round < rounds; round += 1) {
      for (const [index, { role }] of readers.entries()) {
        results[index]?.push(await role.ask({ readForMs: ROUND_MS }));
      }
    }
    return readers.map(({ stock }, index) => {
      const rounds = results[index] ?? [];
      return {
        tokens: stock.tokens,
        perSecond: median(rounds.map(({ perSecond }) => perSecond)),
        p50: median(rounds.map(({ p50 }) => p50)),
        p99: median(rounds.map(({ p99 }) => p99)),
        cpuMicroseconds: median(rounds.map(({ cpuMicroseconds }) => cpuMicroseconds)),
      };
    });
  } finally {
    await Promise.all(readers.map(({ role }) => role.stop()));
  }
}
