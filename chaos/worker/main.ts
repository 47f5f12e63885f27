import { flushCompileCache } from 'node:module';
import { setTimeout as delay, setImmediate as nextTurn } from 'node:timers/promises';
import { FileRecorder } from '../history/recorder.ts';
import { watchForStalls } from '../history/stall_watch.ts';
import { answerOf, Caller } from './execute_call.ts';
import { switchOff } from './mutations.ts';
import { connect, editConnector, look, massRevoke } from './operations.ts';
import type {
  Call,
  Command,
  CommandMessage,
  Point,
  WorkerMessage,
  WorkerSettings,
} from './protocol.ts';
import { createStack } from './stack.ts';

/** What a server accepts before it looks at answers again. */
const CALLERS_PER_TURN = 8;
const WORK_OFF_MS = 20_000;

const settings: WorkerSettings = JSON.parse(process.argv[2] ?? '');
const recorder = new FileRecorder(settings.historyPath);
const armed = new Map<Point, 'stop' | 'kill'>();

if (settings.mutation !== undefined) switchOff(settings.mutation);
const stack = await createStack(settings, { recorder, checkpoint });
const caller = new Caller(stack, recorder, settings);

process.on('message', ({ id, command }: CommandMessage) => {
  run(command).then(
    (result) => tell({ type: 'done', id, result }),
    (error: unknown) => tell({ type: 'failed', id, code: answerOf(error).code }),
  );
});
process.on('disconnect', () => process.exit(0));
// A life ends by a kill, and writes nothing then.
flushCompileCache();
watchForStalls(recorder, settings.worker);
await tell({ type: 'ready' });

/** Dies or stops exactly here, if the harness asked for it. */
async function checkpoint(point: Point): Promise<void> {
  recorder.record({ type: 'reached', worker: settings.worker, point });
  const action = armed.get(point);
  if (action === undefined) return;
  armed.delete(point);
  if (action === 'kill') {
    recorder.record({ type: 'killed', worker: settings.worker });
    process.kill(process.pid, 'SIGKILL');
  }
  await tell({ type: 'stopping' });
  process.kill(process.pid, 'SIGSTOP');
}

async function run(command: Command): Promise<unknown> {
  const { tokens, connectors, clock, store } = stack;
  switch (command.do) {
    case 'storm':
      return storm(command.calls);
    case 'create_connector':
      return connectors.create(command.connector, command.client);
    case 'touch_connector':
      return connectors.touch(command.connector);
    case 'connect':
      return connect(stack, command);
    case 'disconnect':
      return tokens.grants.endGrant({
        connectorId: command.connector,
        profileUid: command.person,
        reason: 'disconnect',
        actor: undefined,
      });
    case 'remove_person':
      return stack.endings.endForPerson(
        command.person,
        'user_removed',
        AbortSignal.timeout(WORK_OFF_MS),
      );
    case 'mass_revoke':
      return massRevoke(stack, command, AbortSignal.timeout(WORK_OFF_MS));
    case 'edit_connector':
      return editConnector(stack, command.connector, command.client);
    case 'clock':
      clock.offsetMs = command.offsetMs;
      recorder.record({ type: 'clock', worker: settings.worker, offsetMs: command.offsetMs });
      return undefined;
    case 'store_fault':
      store.mode = command.mode;
      recorder.record({ type: 'store_fault', worker: settings.worker, mode: command.mode });
      return undefined;
    case 'await_store':
      return stack.awaitStore();
    case 'keys':
      stack.keys.use(command.keys);
      return store.settle();
    case 'rotate_keys':
      return stack.rotateKeys();
    case 'arm':
      armed.set(command.point, command.action);
      return undefined;
    case 'disarm':
      armed.clear();
      return undefined;
    case 'work_off':
      return stack.workOff(AbortSignal.timeout(WORK_OFF_MS));
    case 'look':
      return look(stack, command.connections);
    case 'client_of':
      return (await connectors.readDecrypted(command.connector))?.secrets['clientId'];
    default:
      return command satisfies never;
  }
}

/** Callers come as they come to a server: many at once, and its event loop gets round between them. */
async function storm(calls: readonly Call[]): Promise<void> {
  const startedAt = performance.now();
  const running: Promise<void>[] = [];
  for (const call of calls.toSorted((a, b) => a.afterMs - b.afterMs)) {
    const restMs = call.afterMs - (performance.now() - startedAt);
    if (restMs > 1) await delay(restMs);
    else if (running.length % CALLERS_PER_TURN === 0) await nextTurn();
    running.push(caller.execute(call));
  }
  await Promise.all(running);
}

/** Resolves when the line is on its way, so that stopping right afterwards does not hold it back. */
function tell(message: WorkerMessage): Promise<void> {
  return new Promise((resolve) => {
    if (process.send === undefined) resolve();
    else process.send(message, undefined, undefined, () => resolve());
  });
}
