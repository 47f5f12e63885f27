import { describe, expect, it } from 'vitest';
import { workflowDocument } from '../document/parse_document.ts';
import { validateSchema } from '../schema/validate_schema.ts';
import { registry, workflow } from '../validation/workflow_texts.mock.ts';
import { documentSchema } from './document_schema.ts';

const issues = (yaml: string, isLoose = false) =>
  validateSchema(documentSchema(registry, { isLoose }), workflowDocument(yaml));

describe('documentSchema', () => {
  it('accepts a workflow with nested steps', () => {
    const yaml = workflow(`
- name: choose
  type: if
  condition: 'inputs.x : 1'
  steps:
    - { name: a, type: data.set, with: { x: 1 } }
`);
    expect(issues(yaml)).toEqual([]);
  });

  it.each([
    ['an unknown step type', '- { name: a, type: data.sett, with: { x: 1 } }'],
    ['a wrong duration type', '- { name: a, type: wait, with: { duration: 5 } }'],
    [
      'an unknown type in a nested step',
      '- { name: a, type: if, condition: true, steps: [{ name: b, type: nothing }] }',
    ],
  ])('does not accept %s', (_, steps) => {
    expect(issues(workflow(steps))).not.toEqual([]);
  });

  it('with `isLoose` does not describe the inputs of steps', () => {
    const yaml = workflow('- { name: a, type: wait, with: { duration: 5 } }');
    expect(issues(yaml, true)).toEqual([]);
    const size = (isLoose: boolean) => JSON.stringify(documentSchema(registry, { isLoose })).length;
    expect(size(true)).toBeLessThan(size(false));
  });
});
