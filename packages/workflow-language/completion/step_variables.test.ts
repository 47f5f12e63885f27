import { expect, it } from 'vitest';
import { workflowDocument } from '../document/parse_document.ts';
import { stepVariables } from './step_variables.ts';

const DOCUMENT = workflowDocument(`
name: w
consts: { folder: f }
steps:
  - { name: search, type: files.list, with: { query: "{{ inputs.query }}", all: "{{ consts.folder }}" } }
  - name: each
    type: foreach
    foreach: "\${{ steps.search.output.hits[0].files }}"
    if: "steps.search.output.total > 0 and inputs.isOn: true"
    steps:
      - { name: copy, type: files.create, with: { path: "{{ foreach.item }} {{ variables.to }}" } }
      - name: inner
        type: data.set
        foreach: "\${{ foreach.item.parts }}"
        with: { a: "{{ steps.copy.output }} {{ foreach.index }} {{ event | json }} {{ event.type }}" }
  - { name: broken, type: console, with: { message: "{{ inputs." } }
`);

const pathsOf = (name: string) =>
  stepVariables(DOCUMENT, name)?.paths.map((path) => path.join('.'));

it('the variables of a step are those that its templates and conditions read', () => {
  expect(pathsOf('search')).toEqual(['inputs.query']);
  expect(pathsOf('copy')).toEqual(['foreach.item', 'variables.to']);
});

it('the variables of a loop are not those that it sets itself, and none is inside another', () => {
  expect(pathsOf('each')).toEqual([
    'steps.search.output.hits',
    'steps.search.output.total',
    'inputs.isOn',
    'variables.to',
    'event',
  ]);
  expect([...(stepVariables(DOCUMENT, 'each')?.stepNames ?? [])]).toEqual([
    'each',
    'copy',
    'inner',
  ]);
});

it('the list of a loop belongs to the loop around it', () => {
  expect(pathsOf('inner')).toEqual(['foreach.item.parts', 'steps.copy.output', 'event']);
});

it('a text with a syntax error has no variables', () => {
  expect(pathsOf('broken')).toEqual([]);
});

it('a workflow without the step has no variables of it', () => {
  expect(pathsOf('none')).toBeUndefined();
  expect(stepVariables('text', 'none')).toBeUndefined();
});

it('the variables of a step include those of the fallbacks after its failure, but not their `error`', () => {
  const text = (policy: string) => `
settings: { on-failure: { fallback: [{ name: tell, type: console, with: { message: "{{ inputs.who }} {{ error.message }}" } }] } }
steps:
  - name: own
    type: console
    with: { message: x }
${policy}
`;
  const ofOwn = (policy = '') => stepVariables(workflowDocument(text(policy)), 'own');
  expect(ofOwn()?.paths).toEqual([['inputs', 'who']]);
  expect([...(ofOwn()?.stepNames ?? [])]).toEqual(['own', 'tell']);
  const policy =
    '    on-failure: { fallback: [{ name: fb, type: console, with: { message: "{{ error.type }} {{ inputs.other }}" } }] }';
  expect(ofOwn(policy)?.paths).toEqual([['inputs', 'other']]);
  // A fallback that is tested alone needs the error.
  const alone = stepVariables(workflowDocument(text(policy)), 'fb');
  expect(alone?.paths).toEqual([
    ['error', 'type'],
    ['inputs', 'other'],
  ]);
});

it('the variables of a step have at most 20 names, and are grouped when there are more than 200', () => {
  const documentOf = (message: string) => ({
    steps: [{ name: 'a', type: 'console', with: { message } }],
  });
  const long = `{{ event${'.a'.repeat(2_000)} }}`;
  expect(stepVariables(documentOf(long), 'a')?.paths).toEqual([['event', ...Array(19).fill('a')]]);
  const many = Array.from({ length: 201 }, (_, index) => `{{ variables.v${index} }}`).join('');
  expect(stepVariables(documentOf(many), 'a')?.paths).toEqual([['variables']]);
});
