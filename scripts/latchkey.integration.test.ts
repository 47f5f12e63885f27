import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ROOT } from './command.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'latchkey-workflow-tests-'));
  const page = readFileSync(join(ROOT, 'docs', 'workflow-tests.md'), 'utf8');
  const [, example = ''] = /```yaml\n(workflow:[\s\S]*?)```/.exec(page) ?? [];
  writeFileSync(join(folder, 'example.yaml'), example);
  const [, workflow = ''] = /workflow: \|\n([\s\S]*?)\nactions:/.exec(example) ?? [];
  writeFileSync(
    join(folder, 'changed.yaml'),
    workflow.replaceAll(/^ {2}/gm, '').replace('size', 'first'),
  );
  writeFileSync(join(folder, 'one_step.yaml'), ofOneStep(example));
  writeFileSync(join(folder, 'other.yaml'), 'a: 1');
});
afterAll(() => rmSync(folder, { recursive: true }));

/** A fixture of the test of the step `end` of the example. */
function ofOneStep(example: string): string {
  const [before = '', steps = ''] = example.split('\nsteps:\n  - id: search');
  const tested = '{ stepId: end, context: { variables: { total: 2 } } }';
  const facts = before.replace('  startedAt: 17', `  tested: ${tested}\n  startedAt: 17`);
  return `${facts}\nsteps:\n  - id: end${steps.split('  - id: end')[1]}`;
}

/** Runs the command in the folder that contains the files. */
function latchkey(...args: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [join(ROOT, 'scripts', 'latchkey.ts'), ...args],
    { cwd: folder, encoding: 'utf8', env: { ...process.env, INIT_CWD: folder } },
  );
  return { status, stdout, stderr };
}

describe('npx latchkey test', () => {
  it('passes the example of the documentation', () => {
    expect(latchkey('test', 'example.yaml')).toMatchObject({
      status: 0,
      stdout: 'passed  example.yaml\n1 passed, 0 failed\n',
    });
  });

  it('passes a fixture of the test of one step', () => {
    expect(latchkey('test', 'one_step.yaml')).toMatchObject({
      status: 0,
      stdout: 'passed  one_step.yaml\n1 passed, 0 failed\n',
    });
  });

  it('fails with a diff when a changed workflow has another result', () => {
    const { status, stdout } = latchkey('test', 'example.yaml', '--workflow', 'changed.yaml');
    expect(status).toBe(1);
    expect(stdout).toContain('failed  example.yaml\n  step [count]: input\n');
    expect(stdout).toContain('  -   "total": 2\n');
    expect(stdout).toContain('0 passed, 1 failed');
  });

  it.each([
    [
      'a file that is not a fixture',
      ['test', 'other.yaml'],
      'other.yaml: The file is not a fixture',
    ],
    ['a missing file', ['test', 'none.yaml'], 'none.yaml: The file cannot be read.'],
    ['another command', ['run'], 'There is no command [run]'],
  ])('refuses %s', (_, args, message) => {
    const { status, stderr } = latchkey(...args);
    expect([status, stderr]).toEqual([2, expect.stringContaining(message)]);
  });
});
