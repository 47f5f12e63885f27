import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { labels, registry, suggest, taken } from './completion.mock.ts';
import { suggestionsAt } from './suggestions_at.ts';

const HEAD = `name: test
triggers:
  - type: manual
    inputs:
      - { name: topic, type: string }
consts:
  limits: { small: 5 }
steps:
`;

const SEARCH = `${HEAD}  - name: search
    type: google_drive.searchFiles
    connector-id: c1
    with:
      query: x
`;

describe('completion of keys', () => {
  it('suggests keys that the document does not have yet', () => {
    expect(labels('name: x\n‸\nsteps: []\n')).toEqual(
      expect.arrayContaining(['triggers', 'settings', 'consts']),
    );
    expect(labels('name: x\n‸\nsteps: []\n')).not.toContain('steps');
  });

  it.each([
    ['a new step', `${HEAD}  - ‸`, ['name', 'type', 'if']],
    ['a step of a type', `${SEARCH}    ‸`, ['if', 'timeout', 'on-failure']],
    [
      'the input of an action',
      `${HEAD}  - name: a\n    type: google_drive.searchFiles\n    with:\n      ‸`,
      ['query', 'pageSize'],
    ],
    [
      'a half-written key',
      `${HEAD}  - name: a\n    type: google_drive.searchFiles\n    with:\n      qu‸`,
      ['query'],
    ],
    [
      'a key above the type',
      `${HEAD}  - name: a\n    ‸\n    type: wait\n`,
      ['with', 'if', 'on-failure'],
    ],
    ['an object in braces', `${HEAD}  - { name: a, type: console, ‸ }`, ['with', 'if']],
    [
      'an object in open braces',
      `${HEAD}  - { name: a, type: http, with: { ur‸`,
      ['url', 'method'],
    ],
    ['settings', 'settings:\n  ‸', ['timeout', 'concurrency']],
    ['a part of settings', 'settings:\n  concurrency:\n    ‸\nname: x', ['strategy', 'max']],
    ['a schedule', 'triggers:\n  - type: scheduled\n    with:\n      ‸', ['every', 'rrule']],
    ['an input of the array form', 'inputs:\n  - name: a\n    ‸', ['type', 'default']],
    ['an input of a JSON Schema', 'inputs:\n  properties:\n    a:\n      ‸', ['type', 'format']],
    [
      'a step in a fallback',
      `${SEARCH}    on-failure:\n      fallback:\n        - na‸`,
      ['name', 'type'],
    ],
    [
      'a step in a case',
      `${HEAD}  - name: s\n    type: switch\n    cases:\n      - match: a\n        steps:\n          - name: b\n            ‸`,
      ['type'],
    ],
    [
      'a part below a text without an end',
      `description: "open\nname: x\nsettings:\n  ‸`,
      ['timeout'],
    ],
  ])('suggests keys for %s', (_, text, expected) => {
    expect(labels(text)).toEqual(expect.arrayContaining(expected));
  });

  it('leaves out keys that the document already has, before and after the cursor', () => {
    const found = labels(`${HEAD}  - name: a\n    ‸\n    type: wait\n`);
    expect(found).not.toContain('name');
    expect(found).not.toContain('type');
  });

  it('shows the type of a key, and whether it is required', () => {
    const { items = [] } =
      suggest(`${HEAD}  - name: a\n    type: google_drive.searchFiles\n    with:\n      ‸`) ?? {};
    expect(items).toEqual([
      {
        kind: 'key',
        label: 'query',
        insert: 'query: ',
        detail: 'required, text',
        documentation: 'Search text.',
      },
      {
        kind: 'key',
        label: 'pageSize',
        insert: 'pageSize: ',
        detail: 'number',
        documentation: 'Files per page.',
      },
    ]);
  });

  it('inserts a new line after the key of an object or a list', () => {
    expect(taken(`${HEAD}  - name: a\n    type: console\n    wi‸`, 'with')).toMatch(
      / {4}with:\n {6}$/,
    );
    expect(taken('name: x\ntri‸', 'triggers')).toBe('name: x\ntriggers:\n  - ');
  });

  it('keeps the colon when a key is renamed', () => {
    expect(taken('settings:\n  time‸: 5m\n', 'timeout')).toBe('settings:\n  timeout: 5m\n');
  });
});

describe('completion of values', () => {
  it.each([
    ['a step type', `${HEAD}  - name: a\n    type: ‸`, ['if', 'http', 'google_drive.searchFiles']],
    [
      'a half-written step type',
      `${HEAD}  - name: a\n    type: google_drive.s‸`,
      ['google_drive.searchFiles'],
    ],
    ['a trigger', 'triggers:\n  - type: ‸', ['manual', 'scheduled']],
    ['a choice', `${HEAD}  - name: a\n    type: http\n    with:\n      method: ‸`, ['GET', 'POST']],
    ['a boolean', 'enabled: ‸', ['true', 'false']],
    ['a duration', `${SEARCH}    timeout: ‸`, ['30s']],
    [
      'a member of a list',
      'triggers:\n  - type: scheduled\n    with:\n      rrule:\n        byweekday:\n          - ‸',
      ['MO', 'SU'],
    ],
    ['a time zone', 'settings:\n  timezone: ‸', ['UTC', 'Europe/Berlin']],
    ['a value in brackets', `${HEAD}  - { name: a, type: ‸, with: {} }`, ['console']],
    ['a value in quotes', `${HEAD}  - name: a\n    type: "‸"`, ['console']],
  ])('has suggestions for %s', (_, text, expected) => {
    expect(labels(text)).toEqual(expect.arrayContaining(expected));
  });

  it('suggests only connectors and actions that can be used together', () => {
    const drive = `${HEAD}  - name: a\n    type: google_drive.searchFiles\n    connector-id: ‸\n`;
    expect(labels(drive)).toEqual(['My Drive']);
    const typeWith = (id: string) =>
      labels(`${HEAD}  - name: a\n    connector-id: ${id}\n    type: ‸\n`);
    expect(typeWith('c1')).toContain('google_drive.searchFiles');
    expect(typeWith('c2')).toContain('google_drive.searchFiles');
    expect(typeWith('Uploads')).not.toContain('google_drive.searchFiles');
    expect(typeWith('Uploads')).toContain('http');
  });

  it('suggests connectors by name, only of the type of the step, and inserts their id', () => {
    const text = `${HEAD}  - name: a\n    type: google_drive.searchFiles\n    connector-id: ‸\n`;
    expect(labels(text)).toEqual(['My Drive']);
    expect(taken(text, 'My Drive')).toContain('connector-id: c1\n');
  });

  it('replaces the whole placeholder', () => {
    const text = `${HEAD}  - name: a\n    type: google_drive.searchFiles\n    connector-id: <ENTER ‸YOUR ID>\n`;
    expect(taken(text, 'My Drive')).toContain('connector-id: c1\n');
  });

  it.each(['workflow.execute', 'workflow.executeAsync'])(
    'suggests the workflows that %s can start by name, and writes their id',
    (type) => {
      const text = `${HEAD}  - name: a\n    type: ${type}\n    with:\n      workflow-id: ‸\n`;
      expect(labels(text)).toEqual(['Archive old files', 'Notify']);
      expect(taken(text, 'Archive old files')).toContain('workflow-id: w1\n');
      expect(taken(text, 'Notify')).toContain("workflow-id: '42'\n");
      expect(taken(text.replace('‸', '<ENTER ‸ID>'), 'Archive old files')).toContain(
        'workflow-id: w1\n',
      );
    },
  );

  it('suggests no workflows for an input of that name', () => {
    const text = `${HEAD}  - name: a\n    type: workflow.execute\n    with:\n      inputs:\n        workflow-id: ‸\n`;
    expect(labels(text)).not.toContain('Notify');
  });

  it('puts a version in quotes', () => {
    expect(taken('version: ‸\nname: x', '1')).toBe("version: '1'\nname: x");
  });
});

describe('completion of templates', () => {
  const message = (template: string): string =>
    `${SEARCH}  - name: log\n    type: console\n    with:\n      message: ${template}\n`;

  it.each([
    ['root variables', '"{{ ‸ }}"', ['inputs', 'steps', 'consts', 'execution', 'now']],
    ['steps', '"{{ steps.‸ }}"', ['search', 'log']],
    ['the state of a step', '"{{ steps.search.‸ }}"', ['output', 'error']],
    ['outputs of an action', '"{{ steps.search.output.‸ }}"', ['files', 'next']],
    ['members of a list', '"{{ steps.search.output.files[0].‸ }}"', ['id', 'name']],
    ['inputs', '"{{ inputs.to‸ }}"', ['topic']],
    ['constants', '"{{ consts.limits.‸ }}"', ['small']],
    ['filters', '"{{ inputs.topic | ‸ }}"', ['json', 'default', 'pick']],
    ['variables as arguments', '"{{ inputs.topic | default: consts.‸ }}"', ['limits']],
    ['tags', '"{% ‸ %}"', ['if', 'assign']],
    ['variables in tags', '"{% if inputs.‸ %}"', ['topic']],
    ['variables that the template assigns', '"{% assign mine = 1 %}{{ ‸ }}"', ['mine', 'steps']],
    ['variables in a whole expression', '${{ steps.search.output.‸ }}', ['files']],
    [
      'variables in block texts',
      '|\n        first\n        {{ steps.search.output.‸ }}',
      ['files'],
    ],
    ['variables in templates without an end', '"{{ steps.search.output.‸', ['files']],
    ['variables in tags without spaces', '"{%-if inputs.‸-%}"', ['topic']],
  ])('has suggestions for %s', (_, template, expected) => {
    expect(labels(message(template))).toEqual(expect.arrayContaining(expected));
  });

  it.each(['"text ‸ {{ inputs.topic }}"', '"{{ inputs.topic }} ‸"', '"{{ \'te‸xt\' | size }}"'])(
    'suggests nothing outside a template: %s',
    (template) => {
      expect(labels(message(template))).toEqual([]);
    },
  );

  it('replaces only the word at the cursor', () => {
    expect(taken(message('"{{ steps.sea‸rc.output }}"'), 'search')).toContain(
      '{{ steps.search.output }}',
    );
    expect(taken(message('"{{ inputs.topic | js‸}}"'), 'json')).toContain(
      '{{ inputs.topic | json}}',
    );
  });

  it('suggests the state of the loop around a step, including the members of its list', () => {
    const loop = (template: string): string =>
      `${SEARCH}  - name: each\n    type: foreach\n    foreach: "{{ steps.search.output.files }}"\n    steps:\n      - name: log\n        type: console\n        with: { message: "{{ ${template} }}" }\n`;
    expect(labels(loop('foreach.‸'))).toEqual(['item', 'index', 'total', 'items']);
    expect(labels(loop('foreach.item.‸'))).toEqual(['id', 'name']);
    expect(labels(message('"{{ ‸ }}"'))).not.toContain('foreach');
  });

  it('suggests variables that `data.set` has set', () => {
    const text = `${HEAD}  - name: a\n    type: data.set\n    with:\n      total: 5\n  - name: b\n    type: console\n    with:\n      message: "{{ variables.‸ }}"\n`;
    expect(suggest(text)?.items).toEqual([
      { kind: 'variable', label: 'total', insert: 'total', detail: 'number', documentation: '5' },
    ]);
  });

  it('suggests `item` where a step renders a value for each member', () => {
    const map = (key: string): string => `${HEAD}  - name: a\n    type: data.map\n    ${key}\n`;
    expect(labels(map('with: { fields: { x: "{{ ‸ }}" } }'))).toContain('item');
    expect(labels(map('items: "{{ ‸ }}"'))).not.toContain('item');
  });
});

describe('completion of conditions', () => {
  const condition = (text: string): string =>
    `${SEARCH}  - name: log\n    type: console\n    if: ${text}\n`;

  it.each([
    ['fields', '‸', ['steps', 'inputs', 'not']],
    ['outputs', 'steps.search.output.‸', ['files', 'next']],
    ['a second comparison', '"inputs.topic : x and steps.search.‸"', ['output']],
    ['an expression', '"${{ inputs.‸ }}"', ['topic']],
  ])('has suggestions for %s', (_, text, expected) => {
    expect(labels(condition(text))).toEqual(expect.arrayContaining(expected));
  });

  it('suggests no fields where the condition expects a value', () => {
    expect(labels(condition('"inputs.topic : ‸"'))).toEqual([]);
  });

  it('suggests data of the event in the condition of an event trigger', () => {
    const text = `triggers:\n  - type: workflows.failed\n    on:\n      condition: event.‸\n`;
    expect(labels(text)).toEqual(expect.arrayContaining(['workflow', 'error']));
  });
});

describe('completion', () => {
  it('offers nothing in comments and directly after a colon', () => {
    expect(suggest('name: x # comm‸ent\n')).toBeUndefined();
    expect(suggest('name:‸')).toBeUndefined();
  });

  it('returns ranges inside the text, whatever the text is', () => {
    const lines = `${SEARCH}  - name: log\n    type: console\n    with: { message: "{{ steps.search.output.files | json }}", x: [1, {a: b}] }\n    if: 'a: 1'\n    on-failure:\n      fallback:\n        - name: |\n            x\n`;
    fc.assert(
      fc.property(
        fc.nat(lines.length),
        fc.nat(lines.length),
        fc.constantFrom(
          '',
          '{',
          '[',
          '"',
          "'",
          '- ',
          ': ',
          '\n',
          '{{',
          '|',
          '\t',
          '\r\n',
          '#',
          '- - - a',
        ),
        (cut, at, piece) => {
          const text = lines.slice(0, cut) + piece + lines.slice(cut + 3);
          const offset = Math.min(at, text.length);
          const found = suggestionsAt(text, offset, { registry });
          if (found === undefined) return;
          expect(found.start).toBeGreaterThanOrEqual(0);
          expect(found.start).toBeLessThanOrEqual(offset);
          expect(found.end).toBeGreaterThanOrEqual(offset);
          expect(found.end).toBeLessThanOrEqual(text.length);
        },
      ),
      { numRuns: 500 },
    );
  });

  it.each([
    ['20,000 brackets', '['.repeat(20_000)],
    ['20,000 objects', '{a: '.repeat(20_000)],
    ['20,000 dashes', '- '.repeat(20_000)],
    ['20,000 quotes', `a: ${'"'.repeat(20_001)}`],
    ['20,000 lines', 'a:\n'.repeat(20_000)],
    ['20,000 open texts', 'a: "x\n'.repeat(20_000)],
    ['20,000 open templates', `a: ${'{{'.repeat(20_000)}`],
  ])('returns before the time limit of the test when the text has %s', (_, text) => {
    expect(() => suggestionsAt(text, text.length, { registry })).not.toThrow();
  });
});
