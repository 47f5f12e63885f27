import { StepRegistry, validateWorkflow } from '@latchkey/workflow-language';
import { createIntl } from 'react-intl';
import { expect, it } from 'vitest';
import { problemText } from './problem_text.ts';

const registry = new StepRegistry();
const YAML = `naam: a
triggers: [{ type: scheduled, with: { every: 5 } }]
settings: { timeout: soon, timezone: 1, concurrency: { max: 0, strategy: any } }
steps: [{ name: a, type: wait }, { name: '', type: foreach, foreach: 1, steps: [] }]
`;
const { diagnostics } = validateWorkflow(YAML, { registry });
const faults = diagnostics.filter(({ fault }) => fault !== undefined);

it('the text of a wrong value is the same in English as on the server', () => {
  const intl = createIntl({ locale: 'en', messages: {} });
  expect(faults.length).toBeGreaterThan(7);
  for (const fault of faults) {
    const [sentence] = fault.message.split(' Did you mean');
    expect(problemText(intl, fault).replace(', or ', ' or ')).toBe(sentence);
  }
});

const OTHER = {
  'workflows.schemaFault.ignoredKey': '{name} wird ignoriert',
  'workflows.schemaFault.type': 'Erwartet: {forms}',
  'workflows.schemaType.string': 'ein Text',
};

it('the text of a wrong value is translated when the page has another language', () => {
  const intl = createIntl({ locale: 'de', messages: OTHER, onError: () => undefined });
  expect(faults.map((fault) => problemText(intl, fault))).toEqual(
    expect.arrayContaining(['naam wird ignoriert', 'Erwartet: ein Text']),
  );
});

it("the server's text of a problem is shown for unknown faults and for rules without translations", () => {
  const intl = createIntl({ locale: 'en', messages: {} });
  const fault = { id: 'newer', values: {} };
  expect(problemText(intl, { message: 'words', fault })).toBe('words');
  expect(problemText(intl, { message: 'words' })).toBe('words');
});
