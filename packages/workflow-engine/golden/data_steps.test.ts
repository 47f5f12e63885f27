import { describe, expect } from 'vitest';
import { golden } from './golden.mock.ts';

const ORDERS = [
  { id: 1, state: 'open', amount: 5 },
  { id: 2, state: 'closed', amount: 7 },
  { id: 3, state: 'open', amount: 1 },
];

/** Expected result of a run that fails at its only step. */
const failsWith = (type: string, message: unknown) => ({
  outcome: { kind: 'ended', status: 'failed', failedStep: 'x', error: { type, message } },
  trace: ['x failed'],
});

describe('`console`', () => {
  golden([
    {
      title: 'logs its message, and has it as output',
      steps: '- { name: x, type: console, with: { message: "Hello {{ inputs.value }}" } }',
      inputs: { value: 'Ana' },
      outcome: 'completed',
      trace: ['x completed'],
      outputs: { x: 'Hello Ana' },
      logged: ['Hello Ana'],
    },
    {
      title: 'logs a value without changing its type',
      steps: '- { name: x, type: console, with: { message: "${{ inputs.list }}" } }',
      inputs: { list: [1, { a: 2 }] },
      outcome: 'completed',
      trace: ['x completed'],
      outputs: { x: [1, { a: 2 }] },
      logged: [[1, { a: 2 }]],
    },
    {
      title: 'logs once per iteration, and not again after the run has waited',
      steps: `
- { name: x, type: console, foreach: "\${{ inputs.list }}", with: { message: "{{ foreach.item }}" } }
- { name: pause, type: wait, with: { duration: 1h } }
`,
      inputs: { list: ['a', 'b'] },
      resume: [{ afterSeconds: 3_600 }],
      outcome: 'completed',
      trace: ['x[0]/x completed', 'x[1]/x completed', 'pause completed'],
      logged: ['a', 'b'],
    },
    {
      title: 'does not log when its template fails',
      steps: `- { name: x, type: console, with: { message: "{{ '%' | url_decode }}" } }`,
      ...failsWith('TemplateError', expect.stringMatching(/URI malformed/)),
      logged: [],
    },
  ]);
});

describe('`data.set`', () => {
  golden([
    {
      title: 'merges its values into the variables, and later values replace earlier ones',
      steps: `
- { name: first, type: data.set, with: { a: 1, b: [1] } }
- { name: x, type: data.set, with: { b: "\${{ variables.a }}", c: "{{ variables.b }}" } }
- { name: end, type: workflow.output, with: { all: "\${{ variables }}" } }
`,
      outcome: { status: 'completed', output: { all: { a: 1, b: 1, c: '1' } } },
      trace: ['first completed', 'x completed', 'end completed'],
      outputs: { x: { b: 1, c: '1' } },
    },
    {
      title: 'has the values of all iterations after a loop',
      steps: `
- name: loop
  type: foreach
  foreach: [1, 2]
  steps: [{ name: x, type: data.set, with: { sum: "\${{ variables.sum | plus: foreach.item }}" } }]
- { name: end, type: workflow.output, with: { sum: "\${{ variables.sum }}" } }
`,
      outcome: { status: 'completed', output: { sum: 3 } },
      trace: ['loop[0]/x completed', 'loop[1]/x completed', 'end completed'],
    },
  ]);
});

describe('`data.map`', () => {
  golden([
    {
      title: 'makes an object of each member, with its number',
      steps: `
- name: x
  type: data.map
  items: "\${{ inputs.list }}"
  with: { fields: { key: "{{ index }}:{{ item.state }}", amount: "\${{ item.amount }}" } }
`,
      inputs: { list: ORDERS },
      outcome: 'completed',
      trace: ['x completed'],
      outputs: {
        x: [
          { key: '0:open', amount: 5 },
          { key: '1:closed', amount: 7 },
          { key: '2:open', amount: 1 },
        ],
      },
    },
    {
      title: 'makes one object of an object',
      steps: `
- { name: x, type: data.map, items: "\${{ inputs.value }}", with: { fields: { id: "\${{ item.id }}" } } }
`,
      inputs: { value: ORDERS[0] },
      outcome: 'completed',
      trace: ['x completed'],
      outputs: { x: { id: 1 } },
    },
    {
      title: 'makes lists inside of its objects with `$map`',
      steps: `
- name: x
  type: data.map
  items: "\${{ inputs.list }}"
  with:
    fields:
      id: "\${{ item.id }}"
      tags: { $map: { items: "\${{ item.tags }}", item: tag }, name: "{{ tag }}-{{ item.id }}" }
`,
      inputs: { list: [{ id: 1, tags: ['a', 'b'] }, { id: 2 }] },
      outcome: 'completed',
      trace: ['x completed'],
      outputs: {
        x: [
          { id: 1, tags: [{ name: 'a-1' }, { name: 'b-1' }] },
          { id: 2, tags: [] },
        ],
      },
    },
    {
      title: 'fails for a member whose template fails, and names its number',
      steps: `
- { name: x, type: data.map, items: "\${{ inputs.list }}", with: { fields: { a: "{{ item | url_decode }}" } } }
`,
      inputs: { list: ['a', '%'] },
      ...failsWith('TemplateError', expect.stringMatching(/item 1/)),
    },
  ]);
});

describe('`data.filter` and `data.find`', () => {
  golden([
    {
      title: 'keeps the members for which the condition is true',
      steps: `
- { name: x, type: data.filter, items: "\${{ inputs.list }}", with: { condition: "item.state : open and item.amount > {{ inputs.value }}" } }
`,
      inputs: { list: ORDERS, value: 2 },
      outcome: 'completed',
      trace: ['x completed'],
      outputs: { x: [ORDERS[0]] },
    },
    {
      title: 'keeps at most `limit` members',
      steps: `
- { name: x, type: data.filter, items: "\${{ inputs.list }}", with: { condition: "item.id : *", limit: 2 } }
`,
      inputs: { list: ORDERS },
      outcome: 'completed',
      trace: ['x completed'],
      outputs: { x: [ORDERS[0], ORDERS[1]] },
    },
    {
      title: 'fails for items that are not a list',
      steps: `
- { name: x, type: data.filter, items: "\${{ inputs.value }}", with: { condition: "item : *" } }
`,
      inputs: { value: { a: 1 } },
      ...failsWith('InvalidStepInput', '`items` must be a list, but is an object.'),
    },
    {
      title: 'fails for a condition that a template has made invalid',
      steps: `
- { name: x, type: data.filter, items: [1], with: { condition: "item : {{ inputs.value }}" } }
`,
      inputs: { value: '(' },
      ...failsWith('InvalidCondition', expect.stringMatching(/cannot be evaluated for item 0/)),
    },
    {
      title: 'finds the first member with its index',
      steps: `
- { name: x, type: data.find, items: "\${{ inputs.list }}", with: { condition: "item.amount < 6" } }
`,
      inputs: { list: ORDERS },
      outcome: 'completed',
      trace: ['x completed'],
      outputs: { x: { item: ORDERS[0], index: 0 } },
    },
    {
      title: 'returns null as item and index if no member is found',
      steps: `
- { name: x, type: data.find, items: "\${{ inputs.list }}", with: { condition: "item.amount > 9" } }
`,
      inputs: { list: ORDERS },
      outcome: 'completed',
      trace: ['x completed'],
      outputs: { x: { item: null, index: null } },
    },
    {
      title: 'fails with `errorIfEmpty` if no member is found',
      steps: `
- { name: x, type: data.find, items: [1], with: { condition: "item > 9", errorIfEmpty: true } }
`,
      ...failsWith('NoMatch', '`with.condition` is true for no member of `items`.'),
    },
  ]);
});

describe('`data.dedupe`', () => {
  const dedupe = (more: string): string =>
    `- { name: x, type: data.dedupe, items: "\${{ inputs.list }}", ${more} }`;
  golden([
    {
      title: 'keeps the first member of each key',
      steps: dedupe('with: { keys: [state] }'),
      inputs: { list: ORDERS },
      outcome: 'completed',
      trace: ['x completed'],
      outputs: { x: [ORDERS[0], ORDERS[1]] },
    },
    {
      title: 'keeps the last one at the place of the first with `keep_last`',
      steps: dedupe('strategy: keep_last, with: { keys: [state] }'),
      inputs: { list: ORDERS },
      outcome: 'completed',
      trace: ['x completed'],
      outputs: { x: [ORDERS[2], ORDERS[1]] },
    },
    {
      title: 'fails for items that are text',
      steps: dedupe('with: { keys: [state] }'),
      inputs: { list: 'a,b' },
      ...failsWith(
        'InvalidStepInput',
        expect.stringMatching(/^`items` must be a list, but is text\./),
      ),
    },
  ]);
});

describe('`data.aggregate`', () => {
  golden([
    {
      title: 'groups members, computes metrics and sorts the groups',
      steps: `
- name: x
  type: data.aggregate
  items: "\${{ inputs.list }}"
  with:
    group_by: [state]
    metrics: [{ name: n, operation: count }, { name: total, operation: sum, field: amount }, { name: top, operation: max, field: amount }]
    order_by: total
    order: desc
`,
      inputs: { list: ORDERS },
      outcome: 'completed',
      trace: ['x completed'],
      outputs: {
        x: [
          { state: 'closed', n: 1, total: 7, top: 7 },
          { state: 'open', n: 2, total: 6, top: 5 },
        ],
      },
    },
    {
      title: 'returns null for a group without a value, and for a metric without numbers',
      steps: `
- name: x
  type: data.aggregate
  items: "\${{ inputs.list }}"
  with: { group_by: [state], metrics: [{ name: mean, operation: avg, field: amount }] }
`,
      inputs: { list: [{ amount: 'a' }] },
      outcome: 'completed',
      trace: ['x completed'],
      outputs: { x: [{ state: null, mean: null }] },
    },
    {
      title: 'fails for items that are missing',
      steps: `
- { name: x, type: data.aggregate, items: "\${{ inputs.list }}", with: { group_by: [state], metrics: [{ name: n, operation: count }] } }
`,
      ...failsWith('InvalidStepInput', expect.stringMatching(/^`items` must be a list, but is /)),
    },
  ]);
});

describe('`data.concat`', () => {
  const concat = (settings: string): string => `
- { name: x, type: data.concat, arrays: ["\${{ inputs.list }}", "\${{ inputs.value }}"], with: ${settings} }
`;
  golden([
    {
      title: 'joins lists, and treats null as an empty list',
      steps: concat('{}'),
      inputs: { list: [1, [2]], value: null },
      outcome: 'completed',
      trace: ['x completed'],
      outputs: { x: [1, [2]] },
    },
    {
      title: 'flattens the lists and removes duplicates',
      steps: concat('{ flatten: true, dedupe: true }'),
      inputs: { list: [1, [2]], value: [2, [1, 3]] },
      outcome: 'completed',
      trace: ['x completed'],
      outputs: { x: [1, 2, 3] },
    },
    {
      title: 'fails for a member that is not a list',
      steps: concat('{}'),
      inputs: { list: [1], value: 5 },
      ...failsWith(
        'InvalidStepInput',
        expect.stringMatching(/^`arrays\[1\]` must be a list or null/),
      ),
    },
  ]);
});

describe('`data.parseJson` and `data.stringifyJson`', () => {
  golden([
    {
      title: 'parses the text that a template prints',
      steps: `
- name: x
  type: data.parseJson
  source: '[{% for one in inputs.list %}{"id": {{ one.id }}}{% unless forloop.last %},{% endunless %}{% endfor %}]'
`,
      inputs: { list: ORDERS },
      outcome: 'completed',
      trace: ['x completed'],
      outputs: { x: [{ id: 1 }, { id: 2 }, { id: 3 }] },
    },
    {
      title: 'leaves a value that is not text unchanged',
      steps: '- { name: x, type: data.parseJson, source: "${{ inputs.value }}" }',
      inputs: { value: { a: [1] } },
      outcome: 'completed',
      trace: ['x completed'],
      outputs: { x: { a: [1] } },
    },
    {
      title: 'fails for text that is not JSON',
      steps: '- { name: x, type: data.parseJson, source: "{{ inputs.value }}" }',
      inputs: { value: '[1,' },
      ...failsWith('InvalidJson', expect.stringMatching(/^`source` is not JSON/)),
    },
    {
      title: 'writes a value as JSON, which can be read again',
      steps: `
- { name: text, type: data.stringifyJson, source: "\${{ inputs.value }}", with: { pretty: true } }
- { name: x, type: data.parseJson, source: "{{ steps.text.output }}" }
`,
      inputs: { value: { a: [1, 'ü'] } },
      outcome: 'completed',
      trace: ['text completed', 'x completed'],
      outputs: { text: '{\n  "a": [\n    1,\n    "ü"\n  ]\n}', x: { a: [1, 'ü'] } },
    },
    {
      title: 'fails to write a value that is missing',
      steps: '- { name: x, type: data.stringifyJson, source: "${{ inputs.value }}" }',
      ...failsWith('InvalidStepInput', '`source` must be a value, but is missing.'),
    },
  ]);
});

describe('`data.regexExtract` and `data.regexReplace`', () => {
  golden([
    {
      title: 'extracts groups by number and by name',
      steps: `
- name: x
  type: data.regexExtract
  source: "\${{ inputs.value }}"
  with: { pattern: '(\\w+)@(?<host>[\\w.]+)', fields: { user: $1, domain: host } }
`,
      inputs: { value: 'mail ana@example.org' },
      outcome: 'completed',
      trace: ['x completed'],
      outputs: { x: { user: 'ana', domain: 'example.org' } },
    },
    {
      title: 'extracts from each text of a list, with null where nothing matches',
      steps: `
- { name: x, type: data.regexExtract, source: "\${{ inputs.list }}", with: { pattern: '(\\d+)', fields: { n: $1 } } }
`,
      inputs: { list: ['a1', 'b'] },
      outcome: 'completed',
      trace: ['x completed'],
      outputs: { x: [{ n: '1' }, null] },
    },
    {
      title: 'fails with `errorIfNoMatch` if nothing matches',
      steps: `
- { name: x, type: data.regexExtract, source: a, errorIfNoMatch: true, with: { pattern: '(\\d)', fields: { n: $1 } } }
`,
      ...failsWith('NoMatch', expect.any(String)),
    },
    {
      title: 'replaces the first match, or all with the flag `g`',
      steps: `
- { name: one, type: data.regexReplace, source: a1b2, with: { pattern: '\\d', replacement: '-' } }
- { name: x, type: data.regexReplace, source: a1b2, with: { pattern: '([a-z])(\\d)', replacement: '$2$1', flags: g } }
`,
      outcome: 'completed',
      trace: ['one completed', 'x completed'],
      outputs: { one: 'a-b2', x: '1a2b' },
    },
    {
      title: 'counts its matches with `detailed`',
      steps: `
- { name: x, type: data.regexReplace, source: a1b2, detailed: true, with: { pattern: '\\d', replacement: '', flags: g } }
`,
      outcome: 'completed',
      trace: ['x completed'],
      outputs: { x: { original: 'a1b2', replaced: 'ab', matchCount: 2 } },
    },
    {
      title: 'fails for a pattern that a template has made invalid',
      steps: `
- { name: x, type: data.regexReplace, source: a, with: { pattern: "{{ inputs.value }}", replacement: b } }
`,
      inputs: { value: '(' },
      ...failsWith('InvalidPattern', expect.any(String)),
    },
  ]);
});
