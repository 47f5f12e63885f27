import type { Recorder } from '../history/recorder.ts';
import { Caller } from './execute_call.ts';
import { connect, editConnector, look, massRevoke } from './operations.ts';
import type { Point, WorkerSettings } from './protocol.ts';
import { createStack } from './stack.ts';
import type { Workshop } from './workshop.ts';

const WORK_OFF_MS = 20_000;

/** The capability by itself, from the token service down to the store and the socket. */
export async function createCapabilityWorkshop(
  settings: WorkerSettings,
  hooks: { readonly recorder: Recorder; readonly checkpoint: (point: Point) => Promise<void> },
): Promise<Workshop> {
  const stack = await createStack(settings, hooks);
  const caller = new Caller(stack, hooks.recorder, settings);
  const { tokens, connectors, endings, clock, store, keys } = stack;
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
    disconnect: ({ person, connector }) =>
      tokens.grants.endGrant({
        connectorId: connector,
        profileUid: person,
        reason: 'disconnect',
        actor: undefined,
      }),
    removePerson: (person) =>
      endings.endForPerson(person, 'user_removed', AbortSignal.timeout(WORK_OFF_MS)),
    massRevoke: (scope) => massRevoke(stack, scope, AbortSignal.timeout(WORK_OFF_MS)),
    setClock: (offsetMs) => {
      clock.offsetMs = offsetMs;
    },
    setStoreFault: (mode) => {
      store.mode = mode;
    },
    awaitStore: () => stack.awaitStore(),
    useKeys: (next) => {
      keys.use(next);
      return store.settle();
    },
    rotateKeys: () => stack.rotateKeys(),
    workOff: () => stack.workOff(AbortSignal.timeout(WORK_OFF_MS)),
    look: (connections) => look(stack, connections),
  };
}
