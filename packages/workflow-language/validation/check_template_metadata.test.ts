import { describe, expect, it } from 'vitest';
import { found, validate, workflow } from './workflow_texts.mock.ts';

const METADATA: Readonly<Record<string, string>> = {
  slug: 'hash-check',
  version: '1.0.0',
  availability: '">=9.5.0 <9.6.0"',
  name: 'Hash check',
  description: 'Looks a hash up.',
  categories: '[enrichment]',
};

const FIELD = 'name: folder, inputType: text';

/** Creates a template whose step begins on line 5, and whose metadata begins on line 10. */
function template(
  changes: Readonly<Record<string, string | undefined>>,
  { fields = [FIELD], used = '__install__.folder' } = {},
): string {
  const lines = Object.entries({ ...METADATA, ...changes }).flatMap(([key, value]) =>
    value === undefined ? [] : [`  ${key}: ${value}\n`],
  );
  const form = `  install:\n    form:\n${fields.map((each) => `      - { ${each} }\n`).join('')}`;
  const steps = `- name: a\n  type: console\n  with:\n    message: ${used}`;
  return workflow(steps, `template-metadata:\n${lines.join('')}${form}`);
}

describe('the facts for a library of workflows', () => {
  it('are accepted when they are complete', () => {
    expect(found(template({}))).toEqual([]);
    expect(found(template({ solutions: '[security]', icon: 'slack' }))).toEqual([]);
  });

  it.each(Object.keys(METADATA))('cause a warning when `%s` is missing', (key) => {
    const [diagnostic, ...others] = validate(template({ [key]: undefined })).diagnostics;
    expect(others).toEqual([]);
    expect(diagnostic).toMatchObject({
      severity: 'warning',
      message: `The key \`${key}\` is missing.`,
    });
  });

  it.each([
    ['slug', 'Hash_Check', 10],
    ['version', '"1.0"', 11],
    ['version', '1.0', 11],
    ['version', '1.0.0-01', 11],
    ['availability', 'some day', 12],
    ['availability', '1-a', 12],
    ['availability', "'>='", 12],
    ['availability', `'${'9 '.repeat(200)}'`, 12],
    ['name', '""', 13],
    ['description', '[a]', 14],
    ['categories', '[]', 15],
    ['categories', 'enrichment', 15],
    ['solutions', '[1]', 16],
  ])('cause one warning in its line for `%s: %s`', (key, value, line) => {
    expect(found(template({ [key]: value }))).toEqual([`${line} schemaViolation (w)`]);
  });

  it.each(["'>= 9.5.0  < 9.6.0'", '9.5.0 - 9.6', '9.5.0 || >=9.7.0-rc.1', '9.x', '^9.5', "'*'"])(
    'cause no warning for the range %s of versions',
    (availability) => {
      expect(found(template({ availability }))).toEqual([]);
    },
  );

  it('cause a warning with the right name for a misspelt key', () => {
    const yaml = template({ solution: '[security]' });
    expect(validate(yaml).diagnostics).toMatchObject([
      { severity: 'warning', line: 16, replacement: 'solutions' },
    ]);
  });
});

describe('a field of the form of a template', () => {
  it.each([
    'name: folder, inputType: textarea, label: Folder, description: A folder., required: true',
    'name: folder, inputType: number, default: 5',
    'name: folder, inputType: boolean, default: false',
    'name: folder, inputType: select, default: a, options: [{ value: a, label: A }]',
    'name: folder, inputType: connector, connectorType: .slack2',
    'name: folder, inputType: esIndex, default: logs-*',
  ])('is accepted as { %s }', (field) => {
    expect(found(template({}, { fields: [field] }))).toEqual([]);
  });

  it.each([
    'name: folder, inputType: string',
    'name: folder',
    'name: folder, inputType: number, default: "5"',
    'name: folder, inputType: text, default: 5',
    'name: folder, inputType: select',
    'name: folder, inputType: select, default: b, options: [{ value: a, label: A }]',
    'name: folder, inputType: select, options: [{ value: a }]',
    'name: folder, inputType: connector',
    'name: folder, inputType: text, connectorType: .slack2',
    'name: folder, inputType: text, required: "yes"',
  ])('causes one warning as { %s }', (field) => {
    expect(found(template({}, { fields: [field] }))).toEqual(['18 schemaViolation (w)']);
  });
});

describe('a place that the form of a template fills in', () => {
  it('causes a warning when no field has its name', () => {
    const used = '"in __install__.foldr and __install__.folder"';
    expect(validate(template({}, { used })).diagnostics).toMatchObject([
      { severity: 'warning', line: 8, column: 32, endColumn: 37, replacement: 'folder' },
    ]);
    expect(found(template({}).replace(/ {2}install:.*/s, ''))).toEqual(['8 schemaViolation (w)']);
  });

  it('is not checked in a workflow that is not a template', () => {
    const steps = '- name: a\n  type: console\n  with:\n    message: __install__.folder';
    expect(found(workflow(steps))).toEqual([]);
  });
});
