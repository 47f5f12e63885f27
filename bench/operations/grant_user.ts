import { setTimeout as delay } from 'node:timers/promises';
import { percentile, Samples } from '../measure/statistics.ts';
import { userOf } from '../server/users.ts';
import { connectorIdOf, type Keys, openStore, type StoreSpec } from './store_spec.ts';

/** What a process that uses grants is told; it goes on until its standard input ends. */
export interface GrantUserOrder {
  readonly spec: StoreSpec;
  readonly keys: Keys;
  readonly grants: number;
  /** Between two uses. */
  readonly everyMs: number;
  /** `read`: reads tokens. `write`: reads them and notes their use, which encrypts them anew. */
  readonly work: 'read' | 'write';
}

/** What it prints in the end. Times are milliseconds. */
export interface GrantUserReport {
  readonly uses: number;
  readonly failures: number;
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

const order = JSON.parse(String(process.argv[2])) as GrantUserOrder;
const open = await openStore(order.spec, order.keys);
const times = new Samples();
let failures = 0;
let isFinished = false;
process.stdin.on('end', () => {
  isFinished = true;
});
process.stdin.resume();
process.stdout.write('ready\n');
while (!isFinished) {
  const index = Math.floor(order.grants * Math.random());
  const connectorId = connectorIdOf(index);
  const profileUid = userOf(index);
  const before = performance.now();
  try {
    if (order.work === 'read') {
      const connector = open.connector(connectorId);
      await open.tokens.tokens.getToken({ connector, profileUid });
    } else {
      const { store } = open.tokens;
      const grant = await store.read({ scope: 'per-user', connectorId, profileUid });
      if (grant === undefined) throw new Error('a grant is gone');
      await store.compareAndSet(grant, { lastUsedAt: new Date(Date.now() + 86_400_000) });
    }
  } catch (error) {
    failures += 1;
    if (failures <= 3) process.stderr.write(`${error instanceof Error ? error.stack : error}\n`);
  }
  times.add(performance.now() - before);
  await delay(order.everyMs);
}
const sorted = times.sorted();
const report: GrantUserReport = {
  uses: times.count,
  failures,
  p50: percentile(sorted, 0.5),
  p99: percentile(sorted, 0.99),
  max: sorted.at(-1) ?? 0,
};
process.stdout.write(`${JSON.stringify(report)}\n`, () => process.exit());
