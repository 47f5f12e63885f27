import { type Role, startRole } from '../processes/role.ts';
import type { Reading, ReadResult } from '../processes/token_reader.ts';
import type { BenchConnector } from '../server/bench_connector.ts';
import { median } from './statistics.ts';

/** Medians over the rounds; times are milliseconds. */
export interface TokenReads {
  readonly tokens: number;
  readonly perSecond: number;
  readonly p50: number;
  readonly p99: number;
}

/** A data folder with that many tokens of other people. */
export interface TokenFolder {
  readonly dataFolder: string;
  readonly tokens: number;
}

const ROUND_MS = 1_000;

/** Token reads in process, without HTTP: one folder after the other, round after round. */
export async function measureTokenReads(
  folders: readonly TokenFolder[],
  connector: BenchConnector,
  rounds: number,
): Promise<readonly TokenReads[]> {
  const readers: { readonly folder: TokenFolder; readonly role: Role<Reading, ReadResult> }[] = [];
  try {
    for (const folder of folders) {
      const role = startRole<Reading, ReadResult>('token_reader');
      readers.push({ folder, role });
      await role.ask({ open: folder.dataFolder, connector, tokens: folder.tokens });
      await role.ask({ readForMs: ROUND_MS });
    }
    const results = readers.map(() => [] as ReadResult[]);
    for (let round = 0; round < rounds; round += 1) {
      for (const [index, { role }] of readers.entries()) {
        results[index]?.push(await role.ask({ readForMs: ROUND_MS }));
      }
    }
    return readers.map(({ folder }, index) => ({
      tokens: folder.tokens,
      perSecond: median((results[index] ?? []).map(({ perSecond }) => perSecond)),
      p50: median((results[index] ?? []).map(({ p50 }) => p50)),
      p99: median((results[index] ?? []).map(({ p99 }) => p99)),
    }));
  } finally {
    await Promise.all(readers.map(({ role }) => role.stop()));
  }
}
