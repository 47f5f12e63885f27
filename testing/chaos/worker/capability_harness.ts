import type { Recorder } from '../history/recorder.ts';
import { Caller } from './execute_call.ts';
import { connect, editConnector, massRevoke, observe } from './operations.ts';
import type { Point, WorkerSettings } from './protocol.ts';
import { createStack } from './stack.ts';
import type { WorkerHarness } from './worker_harness.ts';

const PROCESS_BACKLOG_MS = 20_000;

/** The capability without a server, from the token service down to the store and the socket. */
export async function createCapabilityHarness(
  settings: WorkerSettings,
  hooks: { readonly recorder: Recorder; readonly checkpoint: (point: Point) => Promise<void> },
): Promise<WorkerHarness> {
  const stack = await createStack(settings, hooks);
  const caller = new Caller(stack, hooks.recorder, settings);
  const { tokens, connectors, revocationJobs, clock, store, keys } = stack;
  return {
    execute: (call) => caller.execute(call),
    createConnector: (connector, client) => connectors.create(connector, client),
    touchConnector: (connector) => connectors.touch(connector),
    editConnector: (connector, client) => editConnector(stack, connector, client),
    clientOf: async ({ connector }) => {
      const client = (await connectors.readDecrypted(connector))?.secrets['clientId'];
      return typeof client === 'string' ? client : undefined;
    },
    connect: (request) => connect(stack, request),
    disconnect: ({ user, connector }) =>
      tokens.grants.revokeGrantOf({
        connectorId: connector,
        profileUid: user,
        reason: 'disconnect',
        actor: undefined,
      }),
    removeUser: (user) =>
      revocationJobs.revokeForUser(user, 'user_removed', AbortSignal.timeout(PROCESS_BACKLOG_MS)),
    massRevoke: (scope) => massRevoke(stack, scope, AbortSignal.timeout(PROCESS_BACKLOG_MS)),
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
    observe: (connections) => observe(stack, connections),
  };
}
