import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, readlinkSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import {
  createProcessLivenessProbe,
  type ProcFiles,
  probeOfEnds,
} from './process_liveness_probe.ts';
import { untilProcess } from './until_process.mock.ts';

/**
 * Runs a test that needs `/proc`, and skips it elsewhere. Another test covers platforms without it.
 */
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
  if (pid === undefined) throw new Error('The process did not start.');
  return { child, identity: createProcessLivenessProbe(undefined, pid).processIdentity };
}

it('the probe of ended processes reports the state ended, and unknown for every other state', () => {
  const states = ['ended', 'stopped', 'running', 'unknown'] as const;
  const probe = probeOfEnds({
    processIdentity: 'host.1.1',
    stateOf: (identity) => states.find((state) => state === identity) ?? 'unknown',
  });
  expect(probe.processIdentity).toBe('host.1.1');
  expect(states.map(probe.stateOf)).toEqual(['ended', 'unknown', 'unknown', 'unknown']);
});

describe('the probe of processes', () => {
  onLinux('G85: reports that a process runs, stops, continues and ends', async () => {
    const probe = createProcessLivenessProbe();
    const { child, identity } = await aProcess();
    expect(probe.stateOf(identity)).toBe('running');
    child.kill('SIGSTOP');
    await untilProcess(identity, 'stopped');
    child.kill('SIGCONT');
    await untilProcess(identity, 'running');
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(probe.stateOf(identity)).toBe('ended');
  });

  onLinux('reports that a process has ended when another process has its id', () => {
    const probe = createProcessLivenessProbe();
    const [host, pid] = probe.processIdentity.split('.');
    expect(probe.stateOf(probe.processIdentity)).toBe('running');
    expect(probe.stateOf(`${host}.${pid}.1`)).toBe('ended');
  });

  it('reports [unknown] for a process of another machine or container', () => {
    expect(createProcessLivenessProbe().stateOf('0123456789abcdef.1.1')).toBe('unknown');
    expect(createProcessLivenessProbe().stateOf('')).toBe('unknown');
  });

  it('reports [unknown] for every process on a platform without /proc', () => {
    const files: ProcFiles = {
      read: () => {
        throw new Error('no such file');
      },
      readLink: () => {
        throw new Error('no such link');
      },
      exists: () => false,
    };
    const probe = createProcessLivenessProbe(files);
    expect(probe.processIdentity).toBe('');
    expect(probe.stateOf(createProcessLivenessProbe().processIdentity)).toBe('unknown');
  });

  it.each([
    ['ended', false],
    ['unknown', true],
  ])('reports [%s] when /proc has no files of a process that exists: %o', (state, exists) => {
    const own = createProcessLivenessProbe();
    const [host, pid] = own.processIdentity.split('.');
    const absent = Object.assign(new Error('absent'), { code: 'ENOENT' });
    const files: ProcFiles = {
      read: (path) => {
        if (path === '/proc/4711/stat') throw absent;
        return readFileSync(path, 'utf8');
      },
      readLink: (path) => readlinkSync(path),
      exists: () => exists,
    };
    const probe = createProcessLivenessProbe(files, Number(pid));
    expect(probe.stateOf(`${host}.4711.1`)).toBe(state);
  });

  it('parses the status of a process whose command has spaces and brackets', () => {
    const stat = (state: string) =>
      `7 (a) T (b) ${state} ${Array.from({ length: 18 }, () => '0').join(' ')} 4242 0`;
    const files = (state: string): ProcFiles => ({
      read: (path) => (path.endsWith('stat') ? stat(state) : 'boot'),
      readLink: () => 'pid:[1]',
      exists: () => true,
    });
    const probe = createProcessLivenessProbe(files('S'), 7);
    expect(probe.processIdentity).toMatch(/[.]7[.]4242$/);
    expect(probe.stateOf(probe.processIdentity)).toBe('running');
    expect(createProcessLivenessProbe(files('T'), 7).stateOf(probe.processIdentity)).toBe(
      'stopped',
    );
  });
});
