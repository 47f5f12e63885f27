import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { ROOT } from '../command.ts';
import { buildReports } from './build_reports.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'latchkey-api-'));
  copyFileSync(join(ROOT, 'tsconfig.base.json'), join(root, 'tsconfig.base.json'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

/**
 * Writes `packages/keys` and returns its report. `files` replace the default files or add to them.
 */
function reportOf(
  files: Readonly<Record<string, string>> = {},
  exports: object = { '.': './index.ts' },
): string {
  const all: Record<string, string> = {
    'package.json': JSON.stringify({ name: '@test/keys', exports }),
    'index.ts': `export type { Key } from './key.ts';\nexport { openKey as open } from './key.ts';\n`,
    'key.ts': `import type { Lock } from './lock.ts';
/** A key. */
export interface Key { readonly lock: Lock }
export const openKey = (key: Key) => ({ isOpen: key.lock.isOpen });
export const unused = 1;
`,
    'lock.ts': `export interface Lock { readonly isOpen: boolean }\nexport interface Door {}\n`,
    ...files,
  };
  for (const [name, text] of Object.entries(all)) {
    const file = join(root, 'packages', 'keys', name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
  const report = buildReports(root).get(join('packages', 'keys', 'api_report.md'));
  if (report === undefined) throw new Error('there is no report');
  return report;
}

it('an API report contains exports with inferred types and the types that they refer to, and nothing else', () => {
  const [head = '', inner = ''] = reportOf().split('## Not exported');
  expect(head).toContain('## `@test/keys`');
  expect(head).toContain('export interface Key {\n    readonly lock: Lock;\n}');
  expect(head).toContain('openKey: (key: Key) => {\n    isOpen: boolean;\n}');
  expect(head).toContain('export { openKey as open };');
  expect(inner).toContain('// lock.ts\nexport interface Lock {\n    readonly isOpen: boolean;\n}');
  expect(head + inner).not.toMatch(/unused|Door|A key/);
});

it('an API report is unchanged when only comments, bodies or unexported parts change', () => {
  const before = reportOf();
  const after = reportOf({
    'key.ts': `import type { Lock } from './lock.ts';
/** Another comment. */
export interface Key { readonly lock: Lock }
export const openKey = (key: Key) => { const isOpen = !!key.lock.isOpen; return { isOpen }; };
`,
  });
  expect(after).toBe(before);
});

it('an API report changes when a type changes that an export refers to', () => {
  const before = reportOf();
  const lock = 'export interface Lock { readonly isOpen: boolean; readonly id: string }\n';
  expect(reportOf({ 'lock.ts': lock })).not.toBe(before);
});

it('an API report leaves out entry points for tests', () => {
  const report = reportOf(
    { 'mocks.ts': 'export const createKey = () => 1;\n' },
    { '.': './index.ts', './mocks': './mocks.ts' },
  );
  expect(report).not.toContain('createKey');
});

it('an API report fails with the name of an entry point that does not exist', () => {
  expect(() => reportOf({}, { '.': './none.ts' })).toThrow('none.ts does not exist');
});

it('an API report contains the types of components', () => {
  const report = reportOf({
    'index.ts': `export { Label } from './label.tsx';\n`,
    'label.tsx': `export interface LabelProps { readonly text: string }
export function Label({ text }: LabelProps): string { return text; }
`,
  });
  expect(report).toContain('export declare function Label({ text }: LabelProps): string;');
  expect(report).toContain('// label.tsx\nexport interface LabelProps');
});
