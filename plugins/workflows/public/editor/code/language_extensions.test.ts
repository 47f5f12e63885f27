import { CompletionContext } from '@codemirror/autocomplete';
import { EditorState } from '@codemirror/state';
import { StepRegistry } from '@latchkey/workflow-language';
import { describe, expect, it } from 'vitest';
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

/** Returns the labels that are suggested at the cursor. In `text`, `|` marks the cursor. */
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
  it('name the step types, including those of connectors', () => {
    const labels = labelsAt('steps:\n  - name: a\n    type: dr|');
    expect(labels).toContain('drive.search');
  });

  it('name the inputs of the action after `with`', () => {
    expect(labelsAt(step('    with:\n      q|'))).toEqual(['query']);
  });

  it('open after a colon although no letter was typed', () => {
    expect(labelsAt(step('    connector-id: |'))?.join()).toMatch(/team/i);
  });

  it('open on an empty line only when the user asks for them', () => {
    const text = step('    |');
    expect(labelsAt(text)).toBeUndefined();
    expect(labelsAt(text, { explicit: true })).toContain('with');
  });

  it('are empty before the step types are known', () => {
    expect(labelsAt(step('    w|'), { isKnown: false })).toBeUndefined();
  });
});
