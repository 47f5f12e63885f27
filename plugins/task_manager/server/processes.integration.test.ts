import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { systemClock } from '@latchkey/core/server';
import { waitUntil } from '@latchkey/core/server/wait_until';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  aTaskService,
  TASK_PROCESS,
  type TaskProcessOptions,
  type TaskProcessReport,
  type TaskServiceHarness,
} from './testing/index.ts';

const PROGRAM = fileURLToPath(TASK_PROCESS);
/**
 * Lifetime of a claim in milliseconds. A process that is paused for most of it loses its task, so
 * it is longer than the pauses of a busy machine.
 */
const CLAIM_MS = 9000;
/** A claim that does not expire during a test. */
const ENDLESS_MS = 3_600_000;

let folder: string;
let path: string;
let children: ChildProcess[];
let scheduling: TaskServiceHarness;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'latchkey-processes-'));
  path = join(folder, 'store.db');
  children = [];
  const definition = { type: 'test:task', title: 'Test', run: async () => undefined };
  scheduling = await aTaskService({ path, clock: systemClock, definitions: [definition] });
  // This service only schedules tasks; it never runs one.
  await scheduling.stop();
});
afterEach(async () => {
  for (const child of children) child.kill('SIGKILL');
  await scheduling.close();
  rmSync(folder, { recursive: true });
});

/** Starts a process that runs the tasks of the store; its output lines are added to `lines`. */
async function aWorker(
  options: Omit<TaskProcessOptions, 'store'>,
  lines: string[],
): Promise<ChildProcess> {
  const child = spawn(process.execPath, [PROGRAM, JSON.stringify({ store: path, ...options })], {
    env: {},
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.push(child);
  createInterface({ input: child.stdout }).on('line', (line) => lines.push(textOf(line)));
  await until(() => lines.includes('ready'));
  return child;
}

/** `ready`, `begin ID ATTEMPT` or `end ID`. */
function textOf(line: string): string {
  const report = JSON.parse(line) as TaskProcessReport;
  if (report.type === 'ready') return 'ready';
  return report.type === 'end' ? `end ${report.id}` : `begin ${report.id} ${report.attempt}`;
}

const until = (condition: () => boolean | Promise<boolean>) =>
  waitUntil('the state of the tasks', condition);

describe('two processes on one store', () => {
  it('run each of 200 tasks exactly once', async () => {
    const [one, two]: [string[], string[]] = [[], []];
    await Promise.all([
      aWorker({ ownerId: 'process-1', claimMs: 30_000 }, one),
      aWorker({ ownerId: 'process-2', claimMs: 30_000 }, two),
    ]);
    const ids = Array.from({ length: 200 }, (_, index) => `task-${index}`);
    await Promise.all(ids.map((id) => scheduling.tasks.schedule({ id, taskType: 'test:task' })));
    const ended = () => [...one, ...two].filter((line) => line.startsWith('end'));
    await until(() => ended().length >= ids.length);
    const begun = [...one, ...two].filter((line) => line.startsWith('begin'));
    expect(begun.sort()).toEqual(ids.map((id) => `begin ${id} 1`).sort());
    await until(async () => (await scheduling.store.get('task-199')) === undefined);
  });

  it('immediately continue a task whose process was killed on the same machine', async () => {
    const [one, two]: [string[], string[]] = [[], []];
    const first = await aWorker({ ownerId: 'process-1', claimMs: ENDLESS_MS }, one);
    await scheduling.tasks.schedule({ id: 'hang', taskType: 'test:task' });
    await until(() => one.includes('begin hang 1'));
    await aWorker({ ownerId: 'process-2', claimMs: ENDLESS_MS }, two);
    first.kill('SIGKILL');
    await until(() => two.includes('begin hang 2'));
  });

  it('continue a task whose process was killed on another machine, once its claim has expired', async () => {
    const [one, two]: [string[], string[]] = [[], []];
    const worker = { claimMs: CLAIM_MS, isOnOtherMachine: true };
    const first = await aWorker({ ownerId: 'process-1', ...worker }, one);
    await scheduling.tasks.schedule({ id: 'hang', taskType: 'test:task' });
    await until(() => one.includes('begin hang 1'));
    await aWorker({ ownerId: 'process-2', ...worker }, two);
    // Longer than a claim: heartbeats keep it alive.
    await delay(CLAIM_MS + 1500);
    expect(two).toEqual(['ready']);
    first.kill('SIGKILL');
    await once(first, 'exit');
    await until(() => two.length > 1);
    expect(two).toEqual(['ready', 'begin hang 2']);
    expect((await scheduling.store.get('hang'))?.claim?.ownerId).toBe('process-2');
  });
});
