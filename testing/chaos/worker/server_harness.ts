import { join } from 'node:path';
import {
  DEFAULT_REFRESH_TIMINGS,
  GrantStore,
  grantId,
  OAUTH_REVOCATION_TYPE,
  oauthRevocationType,
} from '@latchkey/actions-plugin/server/testing';
import { createServer } from '@latchkey/core/server/lifecycle';
import { waitUntil } from '@latchkey/core/server/wait_until';
import { documentKey } from '@latchkey/saved-objects';
import type { Reachable } from '@latchkey/test-environment';
import { openStoreAt } from '@latchkey/test-environment/store_location';
import { z } from 'zod';
import type { Connection } from '../history/events.ts';
import type { Recorder } from '../history/recorder.ts';
import type { Call, Point, WorkerSettings } from '../plan/protocol.ts';
import { type Outcome, outcomeOf, recordCall } from './outcome.ts';
import { STORE_TIMEOUTS, serverSettings } from './server_settings.ts';
import { ServerUsers } from './server_users.ts';
import { SkewedClock } from './skewed_clock.ts';
import type { WorkerHarness } from './worker_harness.ts';
import { openLogging } from './worker_logging.ts';

/**
 * Multiple of the deadline after which a call counts as one without a response. The server itself
 * has deadlines too.
 */
const TIMEOUT = 1.4;

const execution = z.object({
  status: z.enum(['ok', 'error']),
  data: z.object({ status: z.number().optional() }).optional().catch(undefined),
  message: z.string().optional(),
  service_message: z.string().optional(),
  retry: z.union([z.boolean(), z.string()]).nullish(),
  errorSource: z.string().optional(),
  authorization_reason: z.string().optional(),
});

const ROOT = join(import.meta.dirname, '..', '..', '..');

/**
 * Creates a harness with a whole server in this process, as `npm run serve` runs it. It is used
 * over HTTP: routes, authentication, privileges, tasks. Only the durations of leases and the wall
 * clock are set by the test. Of the five steps of a refresh, the harness sees the three that write
 * the document of the grant.
 */
export async function createHarness(
  settings: WorkerSettings,
  hooks: { readonly recorder: Recorder; readonly checkpoint: (point: Point) => Promise<void> },
): Promise<WorkerHarness> {
  Object.assign(DEFAULT_REFRESH_TIMINGS, settings.timings);
  watchWrites(hooks.checkpoint);
  const clock = new SkewedClock(settings.clockOffsetMs);
  const server = await startServer(settings, clock);
  const users = new ServerUsers(server, settings.members);
  const outbox = await openOutbox(settings, users, clock);
  return {
    url: () => server.url,
    execute: (call) =>
      recordCall({ recorder: hooks.recorder, worker: settings.worker }, call, async () => {
        const outcome = await executeAs(users, call).catch(
          (error: unknown): Outcome => ({ response: 'unclassified', code: String(error) }),
        );
        // The harness cannot see whether a reader of a valid token waited, so this is never
        // reported.
        return { ...outcome, waitedWithFreshToken: false };
      }),
    create_connector: ({ connector, client }) => users.createConnector(connector, client),
    touch_connector: ({ connector }) => users.editConnector(connector, undefined),
    edit_connector: ({ connector, client }) => users.editConnector(connector, client),
    client_of: (connection) => users.startFlow(connection),
    connect: (request) => users.completeAuthorization(request),
    disconnect: (connection) => users.disconnect(connection),
    remove_user: () => {
      throw new Error('A run with whole servers does not remove users');
    },
    mass_revoke: (scope) => users.massRevoke(scope),
    clock: ({ offsetMs }) => {
      clock.offsetMs = offsetMs;
    },
    store_fault: () => undefined,
    await_store: async () => {
      await waitUntil('the server', () => users.isAvailable());
    },
    keys: () => undefined,
    rotate_keys: () => ({ old: 0, unreadable: 0, failed: 0 }),
    // Background tasks do the work. If they cannot finish in this time, the rest stays in the
    // outbox.
    process_backlog: async () => {
      const isEmpty = async (): Promise<boolean> => {
        const all = await users.statuses();
        if (all.some(({ status }) => status === 'revocation_pending')) return false;
        return !(await outbox(all)).includes(true);
      };
      await waitUntil('the end of the backlog', isEmpty).catch(() => undefined);
    },
    observe: async ({ connections }) => {
      if (connections.length === 0) return [];
      const all = await users.statuses();
      const waiting = await outbox(connections);
      return connections.map(({ user, connector }, index) => {
        const own = all.find((one) => one.user === user && one.connector === connector);
        const status = own?.status ?? 'unknown';
        return { status, lastError: own?.lastError, inOutbox: waiting[index] ?? false };
      });
    },
  };
}

/** Runs one caller of `_execute`. */
async function executeAs(users: ServerUsers, call: Call): Promise<Outcome> {
  const query = new URLSearchParams({
    call: call.call,
    user: call.user,
    connector: call.connector,
  });
  const params = {
    subAction: 'request',
    subActionParams: { method: 'GET', path: `/whoami?${query}` },
  };
  const signal = AbortSignal.timeout(call.deadlineMs * TIMEOUT);
  const { status, text } = await users.execute(call, params, signal);
  if (status === 503) return { response: 'later', code: '503' };
  if (status !== 200) return { response: 'unclassified', code: `${status}` };
  const { service_message: serviceMessage, ...told } = execution.parse(JSON.parse(text));
  const { authorization_reason: authorizationReason } = told;
  const known = outcomeOf({ ...told, serviceMessage, authorizationReason });
  return known ?? { response: 'later', code: serviceMessage };
}

/**
 * Returns a function that tells, for each connection, whether tokens wait for revocation. No route
 * returns this: the status describes the newest grant, and an earlier one may still wait. So the
 * function reads the server's store over a separate connection.
 */
async function openOutbox(
  settings: WorkerSettings,
  users: ServerUsers,
  clock: SkewedClock,
): Promise<(connections: readonly Connection[]) => Promise<readonly boolean[]>> {
  const logger = openLogging(settings.worker).get('outbox');
  const store = openStoreAt(settings.store, {
    ...STORE_TIMEOUTS,
    logger,
    now: () => clock.now(),
  });
  await store.prepare([oauthRevocationType]);
  return async (connections) => {
    const keys = await Promise.all(
      connections.map(async ({ user, connector }) => {
        const profileUid = await users.profileUid(user);
        const id = grantId({ scope: 'per-user', connectorId: connector, profileUid });
        return documentKey(oauthRevocationType, id);
      }),
    );
    const documents = await store.getMany(keys, OAUTH_REVOCATION_TYPE);
    return documents.map((document) => document !== undefined);
  };
}

async function startServer(settings: WorkerSettings, clock: SkewedClock): Promise<Reachable> {
  const server = await createServer({
    mode: 'development',
    root: ROOT,
    configFiles: [],
    overrides: serverSettings(settings),
    env: {},
    clock,
  });
  await server.start();
  return { url: String(server.url) };
}

/** Reports the steps of a refresh that can be seen in the writes of a grant's document. */
function watchWrites(checkpoint: (point: Point) => Promise<void>): void {
  const write = GrantStore.prototype.compareAndSet;
  GrantStore.prototype.compareAndSet = async function (record, changes) {
    const isResult = changes.accessToken !== undefined && !('generation' in changes);
    if (isResult) await checkpoint('before_write');
    const written = await write.call(this, record, changes);
    if (isResult && written !== undefined) await checkpoint('after_write');
    if (changes.refresh?.renewals === 0 && written !== undefined) await checkpoint('lease_taken');
    return written;
  };
}
