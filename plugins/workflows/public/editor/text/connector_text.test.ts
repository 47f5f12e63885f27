import { StepRegistry, stepPlaces } from '@latchkey/workflow-language';
import { describe, expect, it } from 'vitest';
import { connectorChange } from './connector_text.ts';

const registry = new StepRegistry([
  {
    connectorTypeId: '.drive',
    connectorTypeName: 'Drive',
    name: 'search',
    description: 'Searches files.',
    scope: 'read',
    input: {},
  },
]);

function choose(text: string, id = 'my-drive', ofType = 'drive.search'): string {
  const step = stepPlaces(text, registry).find(({ type }) => type === ofType);
  if (step === undefined) throw new Error('The text has no step');
  const { from, to, insert } = connectorChange(text, step, id);
  return text.slice(0, from) + insert + text.slice(to);
}

describe('choosing a connector', () => {
  it('replaces only the placeholder', () => {
    const text =
      'steps:\n  - name: a\n    type: drive.search\n    connector-id: <ENTER YOUR ID> # here\n';
    expect(choose(text)).toBe(text.replace('<ENTER YOUR ID>', 'my-drive'));
  });

  it('keeps the quotes of a placeholder', () => {
    const text = 'steps:\n  - name: a\n    type: drive.search\n    connector-id: "<id>"\n';
    expect(choose(text, '42')).toBe(text.replace('<id>', '42'));
  });

  it.each(['42', 'true', '1e5', 'null'])(
    'quotes the id %s, which YAML would read as a different value than a string',
    (id) => {
      const text = 'steps:\n  - name: a\n    type: drive.search\n    connector-id: <id>\n';
      expect(choose(text, id)).toContain(`connector-id: "${id}"\n`);
    },
  );

  it.each([
    ['workflow-id: <ENTER ID> # here', 'workflow-id: cleanup # here'],
    ["workflow-id: '<id>'", "workflow-id: 'cleanup'"],
  ])('replaces the placeholder of a workflow: %s becomes %s', (before, after) => {
    const text = `steps:\n  - name: a\n    type: workflow.execute\n    with:\n      ${before}\n`;
    expect(choose(text, 'cleanup', 'workflow.execute')).toBe(text.replace(before, after));
  });

  it('adds the key below the type if the step has no connector-id', () => {
    const text = 'steps:\n  - name: a\n    if: "true"\n    type: drive.search\n    with: {}\n';
    expect(choose(text)).toBe(
      text.replace('type: drive.search\n', 'type: drive.search\n    connector-id: my-drive\n'),
    );
  });

  it('adds the key to a step whose first key is the type', () => {
    expect(choose('steps:\n  - type: drive.search\n    name: a')).toBe(
      'steps:\n  - type: drive.search\n    connector-id: my-drive\n    name: a',
    );
  });

  it('adds the key to a step in braces', () => {
    expect(choose('steps: [{ name: a, type: drive.search }]')).toBe(
      'steps: [{ connector-id: my-drive, name: a, type: drive.search }]',
    );
  });

  it('inserts after the type of the step, not after the type of a nested step', () => {
    const text =
      'steps:\n  - name: a\n    on-failure:\n      fallback:\n        - name: b\n          type: console\n    type: drive.search\n';
    expect(choose(text)).toBe(`${text.trimEnd()}\n    connector-id: my-drive\n`);
  });
});
