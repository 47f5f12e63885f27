import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ConnectorAction, StepRegistry, validateWorkflow } from '@latchkey/workflow-language';
import { describe, expect, it } from 'vitest';
import { withStepTable } from './step_table.ts';

const page = readFileSync(join(import.meta.dirname, '..', 'docs', 'workflows.md'), 'utf8');

const searchFiles: ConnectorAction = {
  connectorTypeId: '.google_drive',
  connectorTypeName: 'Google Drive',
  name: 'searchFiles',
  description: 'Searches files.',
  scope: 'read',
  input: { type: 'object' },
};
const registry = new StepRegistry([searchFiles]);

describe('docs/workflows.md', () => {
  const examples = [...page.matchAll(/```yaml\n(name: (.*?)\n.*?)```/gs)].map(
    ([, yaml = '', name = '']) => ({ yaml, name }),
  );

  it.each(examples)('shows [$name] without errors and warnings', ({ yaml }) => {
    const connectors = [{ id: 'c1', name: 'My Drive', connectorTypeId: '.google_drive' }];
    expect(validateWorkflow(yaml, { registry, connectors }).diagnostics).toEqual([]);
  });

  it('has three examples that these tests find', () => expect(examples).toHaveLength(3));

  it('lists the same keys of every built-in step type as the schema', () => {
    // When this fails because a step type has changed, run: npm run step_table
    expect(withStepTable(page)).toBe(page);
  });

  it('contains every built-in step type', () => {
    const types = new StepRegistry([]).list().map(({ type }) => type);
    expect(types.filter((type) => !page.includes(`\`${type}\``))).toEqual([]);
  });
});
