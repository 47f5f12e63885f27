import { once } from 'node:events';
import { flushCompileCache } from 'node:module';
import { setTimeout as delay, setImmediate as nextTurn } from 'node:timers/promises';
import type { NewEvent } from '../history/events.ts';
import { FileRecorder } from '../history/recorder.ts';
import { watchForStalls } from '../history/stall_watch.ts';
import type {
  Call,
  Command,
  CommandMessage,
  Point,
  WorkerKind,
  WorkerMessage,
  WorkerSettings,
} from '../plan/protocol.ts';
import type { WorkflowPoint } from '../plan/workflow_protocol.ts';
import { switchOff } from './mutations.ts';
import { codeOf } from './outcome.ts';
import { watchStore } from './store_watch.ts';

/** Number of callers that start before the event loop handles responses again, as in a server. */
const CALLERS_PER_TURN = 8;

process.on('disconnect', () => process.exit(0));
// The process listens already now, because the settings may arrive while modules are loaded.
const firstMessage = once(process, 'message');
// Only the needed modules are loaded, because loading code takes most of the start.
const { createHarness } = await harnessModule(process.argv[2] as WorkerKind);
const settings: WorkerSettings = (await firstMessage)[0];
const recorder = new FileRecorder(settings.historyPath);
const armed = new Map<Point | WorkflowPoint, 'stop' | 'kill'>();

watchStore(recorder, settings.worker);
if (settings.mutation !== undefined) switchOff(settings.mutation);
const workerHarness = await createHarness(settings, { recorder, checkpoint });

process.on('message', ({ id, command }: CommandMessage) => {
  run(command).then(
    (result) => send({ type: 'done', id, result }),
    (error: unknown) => send({ type: 'failed', id, code: codeOf(error) }),
  );
});
// The cache is written now, because a worker process ends by a kill, which would not write it.
flushCompileCache();
watchForStalls(recorder, settings.worker);
await send({ type: 'ready' });

function harnessModule(kind: WorkerKind) {
  if (kind === 'workflows') return import('./workflow_harness.ts');
  return kind === 'server' ? import('./server_harness.ts') : import('./capability_harness.ts');
}

/** Kills or stops the process at this point, if the harness requested it. */
async function checkpoint(point: Point | WorkflowPoint): Promise<void> {
  recorder.record({ type: 'reached', worker: settings.worker, point });
  const action = armed.get(point);
  if (action === undefined) return;
  armed.delete(point);
  if (action === 'kill') {
    recorder.record({ type: 'killed', worker: settings.worker });
    process.kill(process.pid, 'SIGKILL');
  }
  await send({ type: 'stopping' });
  process.kill(process.pid, 'SIGSTOP');
}

async function run(command: Command): Promise<unknown> {
  switch (command.do) {
    case 'burst':
      return startCalls(command.calls);
    case 'arm':
      armed.set(command.point, command.action);
      return undefined;
    case 'disarm':
      armed.clear();
      return undefined;
    case 'clock':
    case 'store_fault': {
      const { do: type, ...event } = command;
      await handle(command);
      recorder.record({ type, worker: settings.worker, ...event } as NewEvent);
      return undefined;
    }
    default:
      return handle(command);
  }
}

async function handle(command: Exclude<Command, { do: 'burst' | 'arm' | 'disarm' }>) {
  const handler = workerHarness[command.do] as (command: Command) => unknown;
  return handler(command);
}

/**
 * Starts callers as they arrive at a server: several at the same time, with turns of the event loop
 * in between.
 */
async function startCalls(calls: readonly Call[]): Promise<void> {
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

/**
 * Sends a message. Resolves when it was sent, so that a stop right afterwards does not hold it
 * back.
 */
function send(message: WorkerMessage): Promise<void> {
  return new Promise((resolve) => {
    if (process.send === undefined) resolve();
    else process.send(message, undefined, undefined, () => resolve());
  });
}
