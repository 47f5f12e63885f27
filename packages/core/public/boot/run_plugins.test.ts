import { describe, expect, it } from 'vitest';
import { coreStartMock } from '../mocks.ts';
import type { CoreSetup } from '../types.ts';
import { type BrowserPluginEntry, PluginRunner } from './run_plugins.ts';

interface Steps {
  readonly setup?: (deps: Record<string, unknown>) => unknown;
  readonly start?: (deps: Record<string, unknown>) => unknown;
}

const entry = (id: string, dependencies: readonly string[], steps: Steps): BrowserPluginEntry => ({
  id,
  dependencies,
  create: () => ({
    setup: (_core, deps) => steps.setup?.(deps),
    start: (_core, deps) => steps.start?.(deps),
  }),
});

const fail = (): never => {
  throw new Error('broken');
};

function run(entries: readonly BrowserPluginEntry[]): PluginRunner {
  const runner = new PluginRunner(entries);
  runner.setup(() => ({}) as CoreSetup);
  runner.start(coreStartMock());
  return runner;
}

describe('the start of the browser plugins', () => {
  it('passes the contracts of dependencies to setup and start', () => {
    const seen: unknown[] = [];
    run([
      entry('a', [], { setup: () => 'setup of a', start: () => 'start of a' }),
      entry('b', ['a'], {
        setup: (deps) => seen.push(deps),
        start: (deps) => seen.push(deps),
      }),
    ]);
    expect(seen).toEqual([{ a: 'setup of a' }, { a: 'start of a' }]);
  });

  it.each([
    ['setup', { setup: fail }],
    ['start', { start: fail }],
  ])(
    'when %s of one plugin fails, runs all other plugins except those that depend on it',
    (_step, steps) => {
      const started: string[] = [];
      const start = (id: string) => ({ start: () => started.push(id) });
      const { failures } = run([
        entry('broken', [], steps),
        entry('dependent', ['broken'], start('dependent')),
        entry('other', [], start('other')),
      ]);
      expect(failures.map(({ id }) => id)).toEqual(['broken', 'dependent']);
      expect(String(failures[1]?.error)).toContain('[broken]');
      expect(started).toEqual(['other']);
    },
  );
});
