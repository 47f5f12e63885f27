import { expect, it } from 'vitest';
import { stepContext, stepForm } from './step_form.ts';

const DOCUMENT = {
  inputs: {
    properties: {
      folder: { type: 'string', default: 'root' },
      options: { type: 'object', properties: { depth: { type: 'number', default: 3 } } },
    },
  },
  steps: [
    {
      name: 'copy',
      type: 'files.copy',
      with: {
        to: '{{ inputs.folder }}',
        depth: '{{ inputs.options.depth }}',
        files: '{{ steps.search.output }}',
      },
    },
  ],
};

it('the form of a step has a field for each variable: inputs with their schema, others of any type', () => {
  const { schema } = stepForm(DOCUMENT, 'copy');
  expect(schema['properties']).toEqual({
    folder: { title: 'inputs.folder', type: 'string', default: 'root' },
    // The server does not fill in defaults of members.
    'options.depth': { title: 'inputs.options.depth', type: 'number' },
    '["steps","search","output"]': expect.objectContaining({ title: 'steps.search.output' }),
  });
});

it('the form of a step that does not exist has no fields', () => {
  expect(stepForm(DOCUMENT, 'other').schema).toEqual({ type: 'object', properties: {} });
});

it('the variables of a test are nested as in templates, whatever their names are', () => {
  const paths = new Map([
    ['a', ['steps', 'a.b', 'output']],
    ['b', ['steps', 'c', 'output']],
    ['c', ['variables', 'constructor']],
  ]);
  const context = stepContext({ a: 1, b: 2, c: 3 }, paths);
  expect(JSON.parse(JSON.stringify(context))).toEqual({
    steps: { 'a.b': { output: 1 }, c: { output: 2 } },
    variables: { constructor: 3 },
  });
});
