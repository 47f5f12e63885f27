import { setTimeout as delay } from 'node:timers/promises';
import type { StoreLocation } from '@latchkey/test-environment';
import { aConnector } from '@latchkey/test-stack';
import { percentile, Samples } from '../measure/statistics.ts';
import { userOf } from '../server/users.ts';
import { connectorIdOf, type Keys, openStore } from './open_store.ts';

/** Arguments of a process that uses grants until its standard input ends. */
export interface GrantUserOrder {
  readonly location: StoreLocation;
  readonly keys: Keys;
  readonly grants: number;
  /** Milliseconds between two uses. */
  readonly everyMs: number;
  /** `read`: reads tokens. `write`: reads them and records their use, which encrypts them again. */
  readonly work: 'read' | 'write';
}

/** Printed at the end. Times are in milliseconds. */
export interface GrantUserReport {
  readonly uses: number;
  readonly failures: number;
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

const order = JSON.parse(String(process.argv[2])) as GrantUserOrder;
const open = await openStore(order.location, order.keys);
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
      const connector = aConnector(connectorId);
      await open.tokens.tokens.getToken({ connector, profileUid });
    } else {
      const { store } = open.tokens;
      const grant = await store.read({ scope: 'per-user', connectorId, profileUid });
      if (grant === undefined) throw new Error('a grant is missing');
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
