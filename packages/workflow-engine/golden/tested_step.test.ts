import { describe } from 'vitest';
import { fail, golden, unauthorized } from './golden.mock.ts';

const TOP = 'inputs: [{ name: name, type: string, required: false }]';
const STEPS = `
- { name: place, type: data.set, with: { folder: x } }
- { name: first, type: files.list, connector-id: c1, with: { path: a } }
- name: loop
  type: foreach
  foreach: "\${{ steps.first.output.items }}"
  steps:
    - { name: copy, id: copied, type: files.create, connector-id: c1, with: { path: "\${{ foreach.item }}", to: "\${{ variables.folder }}" } }
- { name: last, type: data.set, with: { count: "\${{ steps.copied.output.done }}", of: "\${{ inputs.name }}" } }
`;

describe('the test of one step', () => {
  golden([
    {
      title: 'executes only this step, with the variables that were given',
      ...{ steps: STEPS, top: TOP },
      tested: {
        stepId: 'copy',
        context: { foreach: { item: 'b' }, variables: { folder: 'f' } },
      },
      outcome: 'completed',
      trace: ['copy completed'],
      outputs: { copy: { path: 'b', to: 'f' } },
      called: ['copy'],
    },
    {
      title: 'executes a loop with all steps inside of it',
      ...{ steps: STEPS, top: TOP },
      tested: {
        stepId: 'loop',
        context: { steps: { first: { output: { items: [1, 2] } } }, variables: { folder: 'f' } },
      },
      outcome: 'completed',
      trace: ['loop[0]/copy completed', 'loop[1]/copy completed'],
      called: ['copy', 'copy'],
    },
    {
      title: 'replaces inputs of the run, and finds steps by their id',
      ...{ steps: STEPS, top: TOP },
      inputs: { name: 'inputs' },
      tested: {
        stepId: 'last',
        context: { steps: { copied: { output: { done: 3 } } }, inputs: { name: 'given' } },
      },
      outcome: 'completed',
      trace: ['last completed'],
      outputs: { last: { count: 3, of: 'given' } },
    },
    {
      title: 'ignores states of steps that the workflow does not have',
      ...{
        steps: `${STEPS}- { name: all, type: data.set, with: { steps: "\${{ steps }}" } }\n`,
        top: TOP,
      },
      tested: {
        stepId: 'all',
        context: { steps: { first: { output: 1 }, copied: { output: 2 }, other: { output: 3 } } },
      },
      outcome: 'completed',
      trace: ['all completed'],
      outputs: { all: { steps: { first: { output: 1 }, copied: { output: 2 } } } },
    },
    {
      title: 'leaves variables empty that were not given',
      ...{ steps: STEPS, top: TOP },
      tested: { stepId: 'last', context: { steps: 'text', variables: [] } },
      outcome: 'completed',
      trace: ['last completed'],
      outputs: { last: {} },
    },
    {
      title: 'fails with the error of the step',
      ...{ steps: STEPS, top: TOP },
      tested: { stepId: 'first', context: {} },
      calls: { first: [fail('Gone')] },
      outcome: { status: 'failed', failedStep: 'first', error: { type: 'Gone' } },
      trace: ['first failed'],
    },
    {
      title: 'continues after its user has authorized the connector',
      ...{ steps: STEPS, top: TOP },
      tested: { stepId: 'copy', context: { foreach: { item: 'b' } } },
      calls: { copy: [unauthorized()] },
      resume: [{}],
      outcome: 'completed',
      trace: ['copy completed'],
      called: ['copy', 'copy'],
    },
    {
      title: 'fails when the workflow has no such step',
      ...{ steps: STEPS, top: TOP },
      tested: { stepId: 'other', context: {} },
      outcome: { status: 'failed', error: { type: 'StepNotFound' } },
      trace: [],
      called: [],
    },
  ]);
});
