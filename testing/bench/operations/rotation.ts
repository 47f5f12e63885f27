import { setTimeout as delay } from 'node:timers/promises';
import type { StoreLocation } from '@latchkey/test-environment';
import { z } from 'zod';
import { administrator } from '../environment/authorize.ts';
import { type BenchServer, startBenchServer } from '../environment/start_bench_server.ts';
import { type Repeated, Samples } from '../measure/statistics.ts';
import type { GrantUse, GrantUseReport } from '../processes/grant_user.ts';
import { startRole } from '../processes/role.ts';
import { KEYS, type Keys } from '../store/bench_connector.ts';
import { openStore } from '../store/open_store.ts';
import { accounts, fill, KINDS } from './fill.ts';

const OLD = KEYS.primary;
const NEW = 'development-only-key-b-of-the-benchmark';
const ONLY_NEW = { primary: NEW, decryptionOnly: [] };
const OLD_READS_NEW = { primary: OLD, decryptionOnly: [NEW] };
const NEW_READS_OLD = { primary: NEW, decryptionOnly: [OLD] };
const OBSERVE_EVERY_MS = 100;
const READ_EVERY_MS = 2;
const WRITE_EVERY_MS = 20;
const ROUTES = '/api/encrypted_saved_objects';

const progressSchema = z.object({
  state: z.enum(['none', 'running', 'completed', 'interrupted', 'failed']),
  pass: z.number().default(0),
  objects: z.number().default(0),
  looked_at: z.number().default(0),
  successful: z.number().default(0),
  failed: z.number().default(0),
});
/** Progress of a rotation, as `GET _rotate_key` returns it. */
type Progress = z.infer<typeof progressSchema>;

const usage = z.object({ keys: z.array(z.object({ role: z.string(), objects: z.number() })) });

/** Options of the measurement: the number of grants to rotate, and their store. */
export interface RotationPlan {
  readonly location: StoreLocation;
  readonly count: number;
  readonly say: (text: string) => void;
}

/**
 * Rotates the key of many grants with whole servers. Meanwhile one process reads, and an older one
 * still writes with the old key. The server is killed half-way, restarted and told to continue. At
 * the end a server that has only the new key starts, which proves that no object needs the old key.
 * @throws Error when a read failed or an object still needs the old key
 */
export async function measureRotation({ location, count, say }: RotationPlan): Promise<void> {
  const serve = (keys: Keys) =>
    startBenchServer(location, {
      'xpack.encryptedSavedObjects.encryptionKey': keys.primary,
      'xpack.encryptedSavedObjects.keyRotation.decryptionOnlyKeys': keys.decryptionOnly,
    });
  await (await serve(KEYS)).stop();
  await fillAll({ location, count, say });
  const use = { location, grants: count };
  const reader = await useGrants({
    ...use,
    keys: NEW_READS_OLD,
    everyMs: READ_EVERY_MS,
    work: 'read',
  });
  const writer = await useGrants({
    ...use,
    keys: OLD_READS_NEW,
    everyMs: WRITE_EVERY_MS,
    work: 'write',
  });
  const statusTimes = new Samples();
  const firstServer = await serve(NEW_READS_OLD);
  const begun = performance.now();
  const half = await rotateUntil(
    firstServer,
    statusTimes,
    ({ looked_at: documentsRead, objects }) => documentsRead >= objects / 2,
  );
  say(`killed after ${seconds(begun)} s at ${half.looked_at}; peak ${mb(firstServer.peakMb())} MB`);
  await firstServer.kill9();
  const server = await serve(NEW_READS_OLD);
  say(`started again in ${(server.readyAfterMs / 1000).toFixed(1)} s`);
  const resumed = performance.now();
  const hasEnded = ({ state }: Progress): boolean => state !== 'running';
  const end = await rotateUntil(server, statusTimes, hasEnded);
  say(
    `resumed: ${end.state} after ${seconds(resumed)} s, ${end.successful} rotated, ${end.failed} failed, ${end.pass} walks; peak ${mb(server.peakMb())} MB`,
  );
  const { p50, p99, max } = statusTimes.distribution();
  say(`GET /api/status of the rotating server: p50 ${ms(p50)} p99 ${ms(p99)} max ${ms(max)} ms`);
  const written = await writer();
  const read = await reader();
  say(`reads: ${text(read)}`);
  say(`writes with the old key: ${text(written)}`);
  const last = performance.now();
  const { successful } = await rotateUntil(server, statusTimes, hasEnded);
  say(`after the old process ended: ${successful} more rotated in ${seconds(last)} s`);
  const { keys } = usage.parse(await ask(server, 'GET', '/_key_usage'));
  const left = keys.reduce((sum, { role, objects }) => sum + (role === 'primary' ? 0 : objects), 0);
  await server.stop();
  const after = await serve(ONLY_NEW);
  say(
    `with the new key only: started in ${(after.readyAfterMs / 1000).toFixed(1)} s; ${left} objects left on the old key`,
  );
  await after.stop();
  if (left > 0 || read.failures > 0 || written.failures > 0)
    throw new Error('the rotation failed or left objects on the old key');
}

async function fillAll({ location, count, say }: RotationPlan): Promise<void> {
  const start = performance.now();
  const open = await openStore(location);
  await fill(open, accounts, { from: 0, count, isDue: false });
  await fill(open, KINDS.grants, { from: 0, count, isDue: false });
  await open.close();
  say(`filled in ${count} grants in ${seconds(start)} s`);
}

/**
 * Starts or continues the rotation, and measures `GET /api/status` until `isEnough` accepts the
 * progress.
 */
async function rotateUntil(
  server: BenchServer,
  statusTimes: Samples,
  isEnough: (progress: Progress) => boolean,
): Promise<Progress> {
  await ask(server, 'POST', '/_rotate_key?wait_for_completion=false');
  for (;;) {
    const progress = progressSchema.parse(await ask(server, 'GET', '/_rotate_key'));
    if (isEnough(progress)) return progress;
    const before = performance.now();
    await (await fetch(`${server.url}/api/status`)).arrayBuffer();
    statusTimes.add(performance.now() - before);
    await delay(OBSERVE_EVERY_MS);
  }
}

function ask(server: BenchServer, method: 'GET' | 'POST', path: string): Promise<unknown> {
  return administrator.json(server, { method, path: `${ROUTES}${path}` });
}

/**
 * Starts a process that uses grants.
 * @returns function that stops the process and returns its report
 */
async function useGrants(use: GrantUse): Promise<() => Promise<Repeated>> {
  const role = startRole<GrantUse | 'stop', GrantUseReport>('grant_user');
  await role.ask(use);
  return async () => {
    const report = await role.ask('stop');
    await role.stop();
    if (report === undefined) throw new Error('the process returned no report');
    return report;
  };
}

const seconds = (since: number): string => ((performance.now() - since) / 1000).toFixed(1);
const ms = (value: number): string => value.toFixed(2);
const mb = (value: number | undefined): string => (value === undefined ? '?' : value.toFixed(0));

function text({ count, failures, p50, p99, max }: Repeated): string {
  return `${count}, ${failures} failed, p50 ${ms(p50)} p99 ${ms(p99)} max ${ms(max)} ms`;
}
