import type { StepPlace } from '@latchkey/workflow-language';
import { expect, it } from 'vitest';
import { type CheckedConnector, chosenRange, listSteps } from './step_connection.ts';
import type { Problem } from './text/index.ts';

const step = (changes: Partial<StepPlace> = {}): StepPlace => ({
  path: ['steps', 0],
  depth: 0,
  start: 0,
  name: 'a',
  type: 'drive.search',
  connectorTypeId: '.drive',
  connector: { text: 'my-drive', start: 9, end: 17 },
  ...changes,
});
const checked = (changes: Partial<CheckedConnector> = {}): CheckedConnector => ({
  steps: [{ stepId: 'a', line: 3 }],
  reference: 'my-drive',
  state: 'found',
  connectorTypeId: '.drive',
  ...changes,
});
const problem = (ruleId: string, path: readonly (string | number)[]): Problem => ({
  severity: 'error',
  ruleId,
  path,
  message: '',
  line: 1,
  column: 1,
  endLine: 1,
  endColumn: 2,
});
const preflightOf = (...connectors: CheckedConnector[]) => ({
  runsAs: 'ana',
  userMayRun: true,
  valid: true,
  connectors,
});

it('a step gets its connector from the check by the name of the step and its connector-id', () => {
  const connector = checked();
  const preflight = preflightOf(checked({ reference: 'other' }), connector);
  expect(listSteps([step()], { problems: [], preflight })).toEqual([
    { place: step(), connector, needsChoice: false },
  ]);
});

const needsChoice = (ruleId: string, path: readonly (string | number)[]) =>
  listSteps([step()], { problems: [problem(ruleId, path)], preflight: undefined })[0]?.needsChoice;

it.each([
  ['a placeholder', 'connectorNotFound', ['steps', 0, 'connector-id']],
  ['no connector-id', 'connectorNotFound', ['steps', 0]],
  ['a connector of another type', 'connectorTypeMismatch', ['steps', 0, 'connector-id']],
] as const)('a step needs the choice of a connector if the text has %s', (_, ruleId, path) => {
  expect(needsChoice(ruleId, path)).toBe(true);
});

it.each([
  ['the problem is in another step', 'connectorNotFound', ['steps', 10]],
  ['it has another problem', 'schemaViolation', ['steps', 0]],
] as const)('a step needs no choice of a connector if %s', (_, ruleId, path) => {
  expect(needsChoice(ruleId, path)).toBe(false);
});

it('a step of a type without connectors needs no choice', () => {
  const { connectorTypeId: _, ...pure } = step({ type: 'data.set' });
  const problems = [problem('connectorNotFound', ['steps', 0])];
  expect(listSteps([pure], { problems, preflight: undefined })[0]?.needsChoice).toBe(false);
});

it.each([
  ['with', 'workflow-id', true],
  ['with', 'inputs', false],
] as const)(
  'a step that starts a workflow needs a choice if the problem is at %s.%s (expected: %o)',
  (...at) => {
    const [first, second, expected] = at;
    const { connectorTypeId: _, connector: __, ...rest } = step({ type: 'workflow.execute' });
    const place = { ...rest, workflow: { text: '<id>', start: 20, end: 24 } };
    const problems = [problem('targetWorkflowNotFound', ['steps', 0, first, second])];
    const [listed] = listSteps([place], { problems, preflight: undefined });
    expect(listed?.needsChoice).toBe(expected);
    expect(chosenRange(place)).toEqual({ text: '<id>', start: 20, end: 24 });
  },
);
