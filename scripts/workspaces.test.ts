import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { ROOT } from './command.ts';
import { WORKSPACE_PATTERNS, workspacesWith } from './workspaces.ts';

const manifest = z.object({ scripts: z.record(z.string(), z.string()).default({}) });
/** Workspaces whose tests need third-party servers. `npm run interop` runs these tests. */
const NOT_IN_NPM_TEST = ['testing/interop'];

const folders = globSync([...WORKSPACE_PATTERNS], { cwd: ROOT }).filter(
  (folder) => existsSync(join(ROOT, folder, 'package.json')) && !NOT_IN_NPM_TEST.includes(folder),
);

describe('workspaces', () => {
  it.each(folders)('run all of their test files with npm test: %s', (folder) => {
    const files = globSync('**/*.test.ts', {
      cwd: join(ROOT, folder),
      exclude: ['**/node_modules'],
    });
    const { scripts } = manifest.parse(
      JSON.parse(readFileSync(join(ROOT, folder, 'package.json'), 'utf8')),
    );
    const isIntegration = (file: string) => file.endsWith('.integration.test.ts');
    const needed = [
      ...(files.some((file) => !isIntegration(file)) ? ['unit'] : []),
      ...(files.some(isIntegration) ? ['integration'] : []),
    ];
    const runner = 'scripts/workspace_tests.ts';
    for (const kind of scripts['e2e'] === undefined ? needed : ['e2e'])
      expect(scripts[kind]).toContain(`${runner} ${kind}`);
  });
});

it('workspaces are found by the name of their script', () => {
  expect(workspacesWith('e2e')).toEqual(['testing/e2e']);
  expect(workspacesWith('unit', 'integration')).toContain('plugins/actions');
  expect(workspacesWith('unit')).not.toContain('testing/bench');
});
