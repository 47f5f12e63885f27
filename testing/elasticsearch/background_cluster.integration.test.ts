import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BackgroundCluster } from './background_cluster.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'latchkey-cluster-'));
});
afterEach(() => rm(folder, { recursive: true }));

const record = (pid: number): Promise<void> =>
  writeFile(
    join(folder, 'cluster.json'),
    JSON.stringify([{ name: 'node-1', pid, url: 'http://127.0.0.1:1', logFile: 'x' }]),
  );

/** Starts a process that does nothing and has the given words on its command line. */
async function aProcess(...words: readonly string[]) {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)', ...words]);
  await once(child, 'spawn');
  return child;
}

describe('the cluster in the background', () => {
  it('stops only processes that it started, even when a recorded process id now belongs to another program', async () => {
    const unrelated = await aProcess();
    await record(unrelated.pid ?? 0);
    const cluster = new BackgroundCluster(folder);
    expect(await cluster.running()).toEqual([]);
    expect(await cluster.stop()).toEqual([]);
    expect(unrelated.exitCode ?? unrelated.signalCode).toBeNull();
    unrelated.kill();
    await once(unrelated, 'exit');
  });

  it('stops a recorded node gracefully', async () => {
    const node = await aProcess(`path.data=${join(folder, 'node-1', 'data')}`);
    await record(node.pid ?? 0);
    const ended = once(node, 'exit');
    expect(await new BackgroundCluster(folder).stop()).toMatchObject([{ name: 'node-1' }]);
    expect(await ended).toEqual([null, 'SIGTERM']);
    expect(await new BackgroundCluster(folder).stop()).toEqual([]);
  });
});
