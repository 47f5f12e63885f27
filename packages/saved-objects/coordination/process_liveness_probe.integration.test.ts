import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { afterEach, describe, expect, it } from '@jest/globals';
import { createProcessLivenessProbe, type ProcFiles } from './process_liveness_probe.ts';

/** Needs `/proc`. A later test covers platforms without it. */
const onLinux = existsSync('/proc/self/stat') ? it : it.skip;

const children = new Set<ReturnType<typeof spawn>>();
afterEach(() => {
  for (const child of children) child.kill('SIGKILL');
  children.clear();
});

async function aProcess() {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000); console.log("up")']);
  children.add(child);
  await once(child.stdout, 'data');
  const { pid } = child;
  if (pid === undefined) throw new Error('no process');
  return { child, identity: createProcessLivenessProbe(undefined, pid).processIdentity };
}

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 5));
}

describe('probing the processes of this machine', () => {
  onLinux('G85: sees a process run, stop, go on and end', async () => {
    const probe = createProcessLivenessProbe();
    const { child, identity } = await aProcess();
    expect(probe.stateOf(identity)).toBe('running');
    child.kill('SIGSTOP');
    await until(() => probe.stateOf(identity) === 'stopped');
    child.kill('SIGCONT');
    await until(() => probe.stateOf(identity) === 'running');
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(probe.stateOf(identity)).toBe('ended');
  });

  onLinux('takes another process under a used id for what it is', () => {
    const probe = createProcessLivenessProbe();
    const [place, pid] = probe.processIdentity.split('.');
    expect(probe.stateOf(probe.processIdentity)).toBe('running');
    expect(probe.stateOf(`${place}.${pid}.1`)).toBe('ended');
  });

  it('knows nothing of processes of other machines and containers', () => {
    expect(createProcessLivenessProbe().stateOf('0123456789abcdef.1.1')).toBe('unknown');
    expect(createProcessLivenessProbe().stateOf('')).toBe('unknown');
  });

  it('knows nothing at all where the platform does not tell', () => {
    const files: ProcFiles = {
      read: () => {
        throw new Error('no such file');
      },
      readLink: () => {
        throw new Error('no such link');
      },
    };
    const probe = createProcessLivenessProbe(files);
    expect(probe.processIdentity).toBe('');
    expect(probe.stateOf(createProcessLivenessProbe().processIdentity)).toBe('unknown');
  });

  it('is not misled by a command with blanks and brackets', () => {
    const stat = (state: string) =>
      `7 (a) T (b) ${state} ${Array.from({ length: 18 }, () => '0').join(' ')} 4242 0`;
    const files = (state: string): ProcFiles => ({
      read: (path) => (path.endsWith('stat') ? stat(state) : 'boot'),
      readLink: () => 'pid:[1]',
    });
    const probe = createProcessLivenessProbe(files('S'), 7);
    expect(probe.processIdentity).toMatch(/[.]7[.]4242$/);
    expect(probe.stateOf(probe.processIdentity)).toBe('running');
    expect(createProcessLivenessProbe(files('T'), 7).stateOf(probe.processIdentity)).toBe(
      'stopped',
    );
  });
});
