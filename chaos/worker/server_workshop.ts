import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { createServer, type Server } from '@latchkey/core/server';
import { GrantStore } from '../../plugins/actions/server/oauth/tokens/grants/grant_store.ts';
import { DEFAULT_REFRESH_TIMINGS } from '../../plugins/actions/server/oauth/tokens/refresh/refresh_request.ts';
import type { Recorder } from '../history/recorder.ts';
import type { Point, WorkerSettings } from './protocol.ts';
import { ServerCaller } from './server_caller.ts';
import { ServerPeople } from './server_people.ts';
import { serverSettings } from './server_settings.ts';
import { SkewedClock } from './skewed_clock.ts';
import type { Workshop } from './workshop.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const PATIENCE_MS = 20_000;
const PAUSE_MS = 100;

/**
 * A whole server in this process, as `npm run serve` runs it, spoken to over HTTP: routes, sign-in, privileges, tasks. Only the lengths of leases and the wall clock
 * are set from inside, and three of the five points of a refresh can be seen.
 */
export async function createServerWorkshop(
  settings: WorkerSettings,
  hooks: { readonly recorder: Recorder; readonly checkpoint: (point: Point) => Promise<void> },
): Promise<Workshop> {
  Object.assign(DEFAULT_REFRESH_TIMINGS, settings.timings);
  watchWrites(hooks.checkpoint);
  const clock = new SkewedClock(settings.clockOffsetMs);
  const server = await startServer(settings, clock);
  const people = new ServerPeople(server, settings.everybody);
  const caller = new ServerCaller(people, hooks.recorder, settings.worker);
  const isStatusFinal = (status: string): boolean => status !== 'revocation_pending';
  const until = async (isDone: () => Promise<boolean>): Promise<void> => {
    const deadline = performance.now() + PATIENCE_MS;
    while (!(await isDone()) && performance.now() < deadline) await delay(PAUSE_MS);
  };
  return {
    execute: (call) => caller.execute(call),
    createConnector: (connector, client) => people.createConnector(connector, client),
    touchConnector: (connector) => people.editConnector(connector, undefined),
    editConnector: (connector, client) => people.editConnector(connector, client),
    clientOf: (connection) => people.startFlow(connection),
    connect: async (request) => {
      await people.finishFlow(request);
      return undefined;
    },
    disconnect: (connection) => people.disconnect(connection),
    removePerson: async () => {
      throw new Error('not part of a run with whole servers');
    },
    massRevoke: (scope) => people.massRevoke(scope),
    setClock: (offsetMs) => {
      clock.offsetMs = offsetMs;
    },
    setStoreFault: () => undefined,
    awaitStore: () => until(() => people.isAvailable()),
    useKeys: async () => undefined,
    rotateKeys: async () => ({ old: 0, unreadable: 0, failed: 0 }),
    // Tasks do it; what they cannot do in this time is told by the status.
    workOff: () =>
      until(async () => (await people.statuses()).every(({ status }) => isStatusFinal(status))),
    look: async (connections) => {
      const all = connections.length === 0 ? [] : await people.statuses();
      return connections.map(({ person, connector }) => {
        const own = all.find((one) => one.person === person && one.connector === connector);
        const status = own?.status ?? 'unknown';
        return { status, lastError: own?.lastError, inOutbox: !isStatusFinal(status) };
      });
    },
  };
}

async function startServer(settings: WorkerSettings, clock: SkewedClock): Promise<Server> {
  const server = await createServer({
    mode: 'development',
    root: ROOT,
    configFiles: [],
    overrides: serverSettings(settings),
    env: {},
    clock,
  });
  await server.start();
  return server;
}

/** The points of a refresh that show themselves in the writes of a grant's document. */
function watchWrites(checkpoint: (point: Point) => Promise<void>): void {
  const write = GrantStore.prototype.compareAndSet;
  GrantStore.prototype.compareAndSet = async function (record, changes) {
    const isResult = changes.accessToken !== undefined && !('generation' in changes);
    if (isResult) await checkpoint('before_write');
    const written = await write.call(this, record, changes);
    if (isResult && written !== undefined) await checkpoint('after_write');
    if (changes.refresh?.beat === 0 && written !== undefined) await checkpoint('lease_taken');
    return written;
  };
}
