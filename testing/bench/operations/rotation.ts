import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import type { StoreLocation } from '@latchkey/test-environment';
import { percentile, Samples } from '../measure/statistics.ts';
import { accounts, fill, KINDS } from './fill.ts';
import type { GrantUserOrder, GrantUserReport } from './grant_user.ts';
import { KEY_A, KEY_B, type Keys, openStore } from './open_store.ts';
import { type RotatingServer, startRotatingServer } from './rotating_server.ts';

const ONLY_A = { primary: KEY_A, decryptionOnly: [] };
const ONLY_B = { primary: KEY_B, decryptionOnly: [] };
const A_READS_B = { primary: KEY_A, decryptionOnly: [KEY_B] };
const B_READS_A = { primary: KEY_B, decryptionOnly: [KEY_A] };
const OBSERVE_EVERY_MS = 100;
const READ_EVERY_MS = 2;
const WRITE_EVERY_MS = 20;

/** Number of grants to rotate, and their store. */
export interface RotationPlan {
  readonly location: StoreLocation;
  readonly count: number;
  readonly say: (text: string) => void;
}

/**
 * Rotates the key of many grants with whole servers. One process reads, and an older one still
 * writes with the old key. The server is killed half-way, restarted and told to continue. At the
 * end a server with only the new key starts, which proves that no object is left.
 * @throws Error when a read failed or an object is left on the old key
 */
export async function measureRotation({ location, count, say }: RotationPlan): Promise<void> {
  const serve = (keys: Keys) => startRotatingServer(location, keys);
  await (await serve(ONLY_A)).stop();
  await fillAll(location, count, say);
  const reader = startGrantUser({
    location,
    keys: B_READS_A,
    grants: count,
    everyMs: READ_EVERY_MS,
    work: 'read',
  });
  const writer = startGrantUser({
    location,
    keys: A_READS_B,
    grants: count,
    everyMs: WRITE_EVERY_MS,
    work: 'write',
  });
  const firstServer = await serve(B_READS_A);
  const statusTimes = new Samples();
  const begun = performance.now();
  await firstServer.beginRotation();
  await until(
    firstServer,
    statusTimes,
    ({ looked_at: documentsRead, objects }) => documentsRead >= objects / 2,
  );
  say(
    `killed after ${seconds(begun)} s at ${(await firstServer.progress()).looked_at}; peak ${mb(firstServer.peakMb())} MB`,
  );
  await firstServer.kill9();
  const server = await serve(B_READS_A);
  say(`started again in ${(server.readyAfterMs / 1000).toFixed(1)} s`);
  const resumed = performance.now();
  await server.beginRotation();
  await until(server, statusTimes, ({ state }) => state !== 'running');
  const end = await server.progress();
  say(
    `resumed: ${end.state} after ${seconds(resumed)} s, ${end.successful} rotated, ${end.failed} failed, ${end.pass} walks; peak ${mb(server.peakMb())} MB`,
  );
  const sorted = statusTimes.sorted();
  say(
    `GET /api/status of the rotating server: p50 ${ms(percentile(sorted, 0.5))} p99 ${ms(percentile(sorted, 0.99))} max ${ms(sorted.at(-1) ?? 0)} ms`,
  );
  const written = await writer();
  const read = await reader();
  say(`reads: ${text(read)}`);
  say(`writes with the old key: ${text(written)}`);
  const last = performance.now();
  await server.beginRotation();
  await until(server, statusTimes, ({ state }) => state !== 'running');
  say(
    `after the old process ended: ${(await server.progress()).successful} more rotated in ${seconds(last)} s`,
  );
  const left = await server.leftOnOldKeys();
  await server.stop();
  const after = await serve(ONLY_B);
  say(
    `with the new key only: started in ${(after.readyAfterMs / 1000).toFixed(1)} s; ${left} objects left on the old key`,
  );
  await after.stop();
  if (left > 0 || read.failures > 0 || written.failures > 0)
    throw new Error('the rotation failed or left objects on the old key');
}

async function fillAll(
  location: StoreLocation,
  count: number,
  say: RotationPlan['say'],
): Promise<void> {
  const start = performance.now();
  const open = await openStore(location, ONLY_A);
  await fill(open, accounts, { from: 0, count, isDue: false });
  await fill(open, KINDS.grants, { from: 0, count, isDue: false });
  await open.close();
  say(`filled in ${count} grants in ${seconds(start)} s`);
}

async function until(
  server: RotatingServer,
  statusTimes: Samples,
  isSeen: (progress: Awaited<ReturnType<RotatingServer['progress']>>) => boolean,
): Promise<void> {
  while (!isSeen(await server.progress())) {
    statusTimes.add(await server.statusTime());
    await delay(OBSERVE_EVERY_MS);
  }
}

/**
 * Starts a process that uses grants.
 * @returns function that stops it and returns its report
 */
function startGrantUser(order: GrantUserOrder): () => Promise<GrantUserReport> {
  const child = spawn(
    process.execPath,
    [new URL('./grant_user.ts', import.meta.url).pathname, JSON.stringify(order)],
    { stdio: ['pipe', 'pipe', 'inherit'] },
  );
  const lines: string[] = [];
  const read = once(
    createInterface({ input: child.stdout }).on('line', (line) => lines.push(line)),
    'close',
  );
  return async () => {
    child.stdin.end();
    await read;
    return JSON.parse(lines.at(-1) ?? '') as GrantUserReport;
  };
}

const seconds = (since: number): string => ((performance.now() - since) / 1000).toFixed(1);
const ms = (value: number): string => value.toFixed(2);
const mb = (value: number | undefined): string => (value === undefined ? '?' : value.toFixed(0));

function text({ uses, failures, p50, p99, max }: GrantUserReport): string {
  return `${uses}, ${failures} failed, p50 ${ms(p50)} p99 ${ms(p99)} max ${ms(max)} ms`;
}
