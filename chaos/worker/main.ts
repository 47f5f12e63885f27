import { flushCompileCache } from 'node:module';
import { setTimeout as delay, setImmediate as nextTurn } from 'node:timers/promises';
import { FileRecorder } from '../history/recorder.ts';
import { watchForStalls } from '../history/stall_watch.ts';
import { createCapabilityHarness } from './capability_harness.ts';
import { responseOf } from './execute_call.ts';
import { switchOff } from './mutations.ts';
import type {
  Call,
  Command,
  CommandMessage,
  Point,
  WorkerMessage,
  WorkerSettings,
} from './protocol.ts';
import { createServerHarness } from './server_harness.ts';
import { watchStore } from './store_watch.ts';

/** What a server accepts before it looks at answers again. */
const CALLERS_PER_TURN = 8;

const settings: WorkerSettings = JSON.parse(process.argv[2] ?? '');
const recorder = new FileRecorder(settings.historyPath);
const armed = new Map<Point, 'stop' | 'kill'>();

watchStore(recorder, settings.worker);
if (settings.mutation !== undefined) switchOff(settings.mutation);
const create = settings.wholeServer ? createServerHarness : createCapabilityHarness;
const workerHarness = await create(settings, { recorder, checkpoint });

process.on('message', ({ id, command }: CommandMessage) => {
  run(command).then(
    (result) => tell({ type: 'done', id, result }),
    (error: unknown) => tell({ type: 'failed', id, code: responseOf(error).code }),
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
  const { worker } = settings;
  switch (command.do) {
    case 'storm':
      return burst(command.calls);
    case 'create_connector':
      return workerHarness.createConnector(command.connector, command.client);
    case 'touch_connector':
      return workerHarness.touchConnector(command.connector);
    case 'connect':
      return workerHarness.connect(command);
    case 'disconnect':
      return workerHarness.disconnect(command);
    case 'remove_person':
      return workerHarness.removeUser(command.user);
    case 'mass_revoke':
      return workerHarness.massRevoke(command);
    case 'edit_connector':
      return workerHarness.editConnector(command.connector, command.client);
    case 'clock':
      workerHarness.setClock(command.offsetMs);
      recorder.record({
        type: 'clock',
        worker,
        offsetMs: command.offsetMs,
        skewMs: command.skewMs,
      });
      return undefined;
    case 'store_fault':
      workerHarness.setStoreFault(command.mode);
      recorder.record({ type: 'store_fault', worker, mode: command.mode });
      return undefined;
    case 'await_store':
      return workerHarness.awaitStore();
    case 'keys':
      return workerHarness.useKeys(command.keys);
    case 'rotate_keys':
      return workerHarness.rotateKeys();
    case 'arm':
      armed.set(command.point, command.action);
      return undefined;
    case 'disarm':
      armed.clear();
      return undefined;
    case 'work_off':
      return workerHarness.workOff();
    case 'look':
      return workerHarness.look(command.connections);
    case 'client_of':
      return workerHarness.clientOf(command);
    default:
      return command satisfies never;
  }
}

/** Callers come as they come to a server: many at once, and its event loop gets round between them. */
async function burst(calls: readonly Call[]): Promise<void> {
  const startedAt = performance.now();
  const running: Promise<void>[] = [];
  for (const call of calls.toSorted((a, b) => a.afterMs - b.afterMs)) {
    const restMs = call.afterMs - (performance.now() - startedAt);
    if (restMs > 1) await delay(restMs);
    else if (running.length % CALLERS_PER_TURN === 0) await nextTurn();
    running.push(workerHarness.execute(call));
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
