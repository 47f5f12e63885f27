import { CompletionContext } from '@codemirror/autocomplete';
import { EditorState } from '@codemirror/state';
import { describe, expect, it } from '@jest/globals';
import { StepRegistry } from '@latchkey/workflow-language';
import { completionsAt } from './language_extensions.ts';

const DATA = {
  registry: new StepRegistry([
    {
      connectorTypeId: '.drive',
      connectorTypeName: 'Drive',
      name: 'search',
      description: 'Searches files.',
      scope: 'read',
      input: {
        type: 'object',
        properties: { query: { type: 'string', description: 'What to find.' } },
      },
    },
  ]),
  connectors: [{ id: 'team', name: 'Team Drive', connectorTypeId: '.drive' }],
};

/** Labels that are suggested at the cursor, written as `|`. */
function labelsAt(text: string, options: { explicit?: boolean; isKnown?: boolean } = {}) {
  const { explicit = false, isKnown = true } = options;
  const pos = text.indexOf('|');
  const state = EditorState.create({ doc: text.replace('|', '') });
  const found = completionsAt(
    new CompletionContext(state, pos, explicit),
    isKnown ? DATA : undefined,
  );
  return found?.options.map(({ label }) => label);
}

const step = (line: string) => `steps:\n  - name: a\n    type: drive.search\n${line}`;

describe('completions', () => {
  it('name the step types, those of connectors too', () => {
    const labels = labelsAt('steps:\n  - name: a\n    type: dr|');
    expect(labels).toContain('drive.search');
  });

  it('name the inputs of the action', () => {
    expect(labelsAt(step('    with:\n      q|'))).toEqual(['query']);
  });

  it('open after a colon without a letter', () => {
    expect(labelsAt(step('    connector-id: |'))?.join()).toMatch(/team/i);
  });

  it('do not open on an empty line by themselves, but when asked for', () => {
    const text = step('    |');
    expect(labelsAt(text)).toBeUndefined();
    expect(labelsAt(text, { explicit: true })).toContain('with');
  });

  it('are none before the step types are known', () => {
    expect(labelsAt(step('    w|'), { isKnown: false })).toBeUndefined();
  });
});
