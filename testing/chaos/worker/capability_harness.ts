import type { Recorder } from '../history/recorder.ts';
import type { Point, WorkerSettings } from '../plan/protocol.ts';
import { Caller } from './execute_call.ts';
import { Operations } from './operations.ts';
import { createStack, principalOf } from './stack.ts';
import type { WorkerHarness } from './worker_harness.ts';

const PROCESS_BACKLOG_MS = 20_000;

/** The plugin's services without a server, from the executor down to the store and the socket. */
export async function createHarness(
  settings: WorkerSettings,
  hooks: { readonly recorder: Recorder; readonly checkpoint: (point: Point) => Promise<void> },
): Promise<WorkerHarness> {
  const stack = await createStack(settings, hooks);
  const caller = new Caller(stack, hooks.recorder, settings.worker);
  const operations = new Operations(stack);
  const { clock, store, keys, flow } = stack;
  return {
    execute: (call) => caller.execute(call),
    createConnector: (connector, client) => operations.createConnector(connector, client),
    touchConnector: (connector) => operations.editConnector(connector, undefined),
    editConnector: (connector, client) => operations.editConnector(connector, client),
    clientOf: (connection) => operations.startFlow(connection),
    connect: (request) => operations.completeAuthorization(request),
    disconnect: ({ user, connector }) => flow.disconnect(principalOf(user), connector),
    removeUser: (user) => operations.removeUser(user, PROCESS_BACKLOG_MS),
    massRevoke: (scope) => operations.massRevoke(scope, AbortSignal.timeout(PROCESS_BACKLOG_MS)),
    setClock: (offsetMs) => {
      clock.offsetMs = offsetMs;
    },
    setStoreFault: (mode) => {
      store.mode = mode;
    },
    awaitStore: () => stack.awaitStore(),
    useKeys: (next) => {
      keys.use(next);
      return store.whenWritesEnd();
    },
    rotateKeys: () => stack.rotateKeys(),
    processBacklog: () => stack.processBacklog(AbortSignal.timeout(PROCESS_BACKLOG_MS)),
    observe: (connections) => operations.observe(connections),
  };
}
