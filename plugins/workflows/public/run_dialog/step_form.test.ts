import { expect, it } from '@jest/globals';
import { stepContext, stepForm } from './step_form.ts';

const DOCUMENT = {
  inputs: [{ name: 'folder', type: 'string', default: 'root' }],
  steps: [
    {
      name: 'copy',
      type: 'files.copy',
      with: { to: '{{ inputs.folder }}', files: '{{ steps.search.output }}' },
    },
  ],
};

it('the form of a step has a field for each variable: declared inputs with their schema, others of any type', () => {
  expect(stepForm(DOCUMENT, 'copy').schema).toMatchObject({
    properties: {
      '["inputs","folder"]': { title: 'inputs.folder', type: 'string', default: 'root' },
      '["steps","search","output"]': { title: 'steps.search.output' },
    },
  });
});

it('the form of a step that does not exist has no fields', () => {
  expect(stepForm(DOCUMENT, 'other').schema).toMatchObject({ properties: {} });
});

it('the variables of a test are nested as in templates, whatever their names are', () => {
  const context = stepContext({
    '["steps","a.b","output"]': 1,
    '["steps","c","output"]': 2,
    '["variables","__proto__"]': 3,
  });
  expect(JSON.parse(JSON.stringify(context))).toEqual({
    steps: { 'a.b': { output: 1 }, c: { output: 2 } },
    variables: JSON.parse('{ "__proto__": 3 }'),
  });
});
