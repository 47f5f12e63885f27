import { expect, it } from '@jest/globals';
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
