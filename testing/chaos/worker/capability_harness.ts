import type { Recorder } from '../history/recorder.ts';
import type { Point, WorkerSettings } from '../plan/protocol.ts';
import { Caller } from './execute_call.ts';
import { Operations } from './operations.ts';
import { createStack, principalOf } from './stack.ts';
import type { WorkerHarness } from './worker_harness.ts';

const PROCESS_BACKLOG_MS = 20_000;

/**
 * Creates a harness with the plugin's services without a server, from the executor down to the
 * store and the socket.
 */
export async function createHarness(
  settings: WorkerSettings,
  hooks: { readonly recorder: Recorder; readonly checkpoint: (point: Point) => Promise<void> },
): Promise<WorkerHarness> {
  const stack = await createStack(settings, hooks);
  const caller = new Caller(stack, hooks.recorder, settings.worker);
  const operations = new Operations(stack);
  const { clock, store, keys, ownAuthorizations } = stack;
  return {
    url: () => undefined,
    execute: (call) => caller.execute(call),
    create_connector: ({ connector, client }) => operations.createConnector(connector, client),
    touch_connector: ({ connector }) => operations.editConnector(connector, undefined),
    edit_connector: ({ connector, client }) => operations.editConnector(connector, client),
    client_of: (connection) => operations.startFlow(connection),
    connect: (request) => operations.completeAuthorization(request),
    disconnect: async ({ user, connector }) => {
      await ownAuthorizations.disconnect(principalOf(user), connector);
    },
    remove_user: ({ user }) => operations.removeUser(user, PROCESS_BACKLOG_MS),
    mass_revoke: (scope) => operations.massRevoke(scope, AbortSignal.timeout(PROCESS_BACKLOG_MS)),
    clock: ({ offsetMs }) => {
      clock.offsetMs = offsetMs;
    },
    store_fault: ({ mode }) => {
      store.mode = mode;
    },
    await_store: () => stack.awaitStore(),
    keys: ({ keys: next }) => {
      keys.use(next);
      return store.whenWritesEnd();
    },
    rotate_keys: () => stack.rotateKeys(),
    process_backlog: () => stack.processBacklog(AbortSignal.timeout(PROCESS_BACKLOG_MS)),
    observe: ({ connections }) => operations.observe(connections),
  };
}
