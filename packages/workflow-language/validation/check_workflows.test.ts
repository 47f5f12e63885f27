import { describe, expect, it } from 'vitest';
import { validateWorkflow } from './validate_workflow.ts';
import { found, registry, step, validate } from './workflow_texts.mock.ts';

const child = (settings: string, type = 'workflow.execute'): string =>
  step(`type: ${type}\nwith:\n  ${settings}`);

describe('a step that starts a workflow', () => {
  it.each([
    ['an unknown id', 'workflow-id: Gone', ['12 targetWorkflowNotFound']],
    ['a name of several workflows', 'workflow-id: Twice', ['12 targetWorkflowNotFound']],
    ['a placeholder', 'workflow-id: <YOUR WORKFLOW>', ['12 targetWorkflowNotFound']],
    ['a computed id', 'workflow-id: "{{ steps.a.output.x }}"', []],
    ['a workflow that was not looked up', 'workflow-id: Other', []],
    ['no inputs', 'workflow-id: Child', ['11 missingRequiredInput']],
    ['inputs that are a template', 'workflow-id: Child\n  inputs: ${{ steps.a.output }}', []],
    [
      'inputs of a workflow that declares no inputs',
      'workflow-id: Without inputs\n  inputs: { a: 1 }',
      [],
    ],
    ['inputs of a workflow that accepts any inputs', 'workflow-id: Open\n  inputs: { a: 1 }', []],
    [
      'wrong inputs',
      'workflow-id: Child\n  inputs:\n    nam: x\n    size: many',
      ['13 missingRequiredInput', '14 unknownInputKey (w)', '15 invalidInputType'],
    ],
  ])('with %s (%j) causes these diagnostics (line and rule): %j', (_, settings, expected) => {
    const ofRules = (text: string) => found(text).filter((each) => !each.includes('schemaViol'));
    expect(ofRules(child(settings))).toEqual(expected);
    expect(ofRules(child(settings, 'workflow.executeAsync'))).toEqual(expected);
  });

  it('with a misspelt input causes a diagnostic that suggests the right name', () => {
    const { diagnostics } = validate(child('workflow-id: Child\n  inputs: { sise: 1, name: y }'));
    expect(diagnostics).toMatchObject([{ ruleId: 'unknownInputKey', replacement: 'size' }]);
  });

  it('is not checked when the workflows are not known', () => {
    expect(validateWorkflow(child('workflow-id: Gone'), { registry }).diagnostics).toEqual([]);
  });
});
