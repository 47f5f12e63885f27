import { renderWithCore } from '@latchkey/core/public/testing';
import { cleanup, fireEvent, screen } from '@testing-library/react';
import { describe, expect, it, vi } from 'vitest';
import { ProblemsPanel, type ProblemsPanelProps } from './problems_panel.tsx';
import type { CheckedConnector, ListedStep } from './step_connection.ts';
import { StepsPanel, type StepsPanelProps } from './steps_panel.tsx';
import type { Problem } from './text/index.ts';

const PROBLEM: Problem = {
  severity: 'error',
  ruleId: 'schemaViolation',
  message: 'The step type `consol` does not exist.',
  path: ['steps', 0, 'type'],
  line: 4,
  column: 11,
  endLine: 4,
  endColumn: 17,
  replacement: 'console',
};

function renderProblems(changes: Partial<ProblemsPanelProps> = {}) {
  const props = { onOpen: vi.fn(), onFix: vi.fn() };
  renderWithCore(
    <ProblemsPanel problems={[PROBLEM]} isTruncated={false} {...props} {...changes} />,
  );
  return props;
}

describe('the list of problems', () => {
  it('moves the cursor to a problem when it is clicked, and replaces its text when the user asks', () => {
    const { onOpen, onFix } = renderProblems();
    expect(screen.getByText('1 error, no warnings')).toBeVisible();
    fireEvent.click(screen.getByRole('button', { name: 'Line 4' }));
    expect(onOpen).toHaveBeenCalledWith(PROBLEM);
    fireEvent.click(screen.getByRole('button', { name: 'Replace with console' }));
    expect(onFix).toHaveBeenCalledWith(PROBLEM);
  });

  it('offers no replacement to a user who may only read the workflow', () => {
    renderProblems({ onFix: undefined });
    expect(screen.queryByRole('button', { name: /Replace/ })).toBeNull();
  });

  it.each([
    [undefined, 'Checking…'],
    [[], 'No problems'],
  ])('when the problems are %o, shows the state "%s"', (problems, text) => {
    renderProblems({ problems });
    expect(screen.getByRole('status')).toHaveTextContent(text);
  });

  it('lists a hundred problems and says that there are more', () => {
    const problems = Array.from({ length: 101 }, (_, line) => ({ ...PROBLEM, line }));
    renderProblems({ problems });
    expect(screen.getAllByRole('listitem')).toHaveLength(100);
    expect(screen.getByText('There are more problems. Correct these first.')).toBeVisible();
  });
});

const CONNECTOR: CheckedConnector = {
  steps: [{ stepId: 'a', line: 3 }],
  reference: 'team',
  state: 'found',
  connectorTypeId: '.drive',
  id: 'team',
  name: 'Team Drive',
  personal: true,
};
const DRIVE_STEP = {
  ...{ path: ['steps', 0], depth: 0, start: 9, name: 'a', type: 'drive.search' },
  connectorTypeId: '.drive',
};
const stepOf = (changes: Partial<ListedStep>): ListedStep => ({
  place: { path: ['steps', 0], depth: 0, start: 9, name: 'a', type: 'drive.search' },
  connector: undefined,
  needsChoice: false,
  ...changes,
});

function renderStep(step: ListedStep, changes: Partial<StepsPanelProps> = {}) {
  const props = { onOpen: vi.fn(), onChoose: vi.fn(), onTest: vi.fn() };
  renderWithCore(
    <StepsPanel
      steps={[step]}
      renderConnection={({ name }) => `connection to ${name}`}
      {...props}
      {...changes}
    />,
  );
  return props;
}

describe('the list of steps', () => {
  it('moves the cursor to a step when it is clicked, and lets the user choose the connector of the step', () => {
    const step = stepOf({ place: DRIVE_STEP, needsChoice: true });
    const { onOpen, onChoose } = renderStep(step);
    fireEvent.click(screen.getByRole('button', { name: 'a' }));
    expect(onOpen).toHaveBeenCalledWith(step);
    fireEvent.click(screen.getByRole('button', { name: 'Choose connector of step a' }));
    expect(onChoose).toHaveBeenCalledWith(step);
  });

  it('lets the user test a step, unless the text cannot run or the step ends a loop', () => {
    const test = { name: 'Test step a' };
    const { onTest } = renderStep(stepOf({ place: DRIVE_STEP }));
    fireEvent.click(screen.getByRole('button', test));
    expect(onTest).toHaveBeenCalledWith('a');
    cleanup();
    renderStep(stepOf({ place: DRIVE_STEP }), { onTest: undefined });
    expect(screen.queryByRole('button', test)).toBeNull();
    cleanup();
    renderStep(stepOf({ place: { ...DRIVE_STEP, type: 'loop.break' } }));
    expect(screen.queryByRole('button', test)).toBeNull();
  });

  it('lets the user choose the workflow that a step starts', () => {
    const step = stepOf({ needsChoice: true });
    const { onChoose } = renderStep(step);
    fireEvent.click(screen.getByRole('button', { name: 'Choose workflow of step a' }));
    expect(onChoose).toHaveBeenCalledWith(step);
  });

  it('shows that a connector is missing, but no choice, to a user who may only read the workflow', () => {
    renderStep(stepOf({ place: DRIVE_STEP, needsChoice: true }), { onChoose: undefined });
    expect(screen.getByText('Needs a connector')).toBeVisible();
  });

  it("shows the user's connection to a personal connector", () => {
    renderStep(stepOf({ connector: CONNECTOR }));
    expect(screen.getByText('connection to Team Drive')).toBeVisible();
  });

  it.each([
    [{ ...CONNECTOR, personal: false }, 'Team Drive, shared account'],
    [{ ...CONNECTOR, state: 'ambiguous' as const }, /Several connectors have the name team/],
    [{ ...CONNECTOR, state: 'computed' as const }, /known only while the workflow runs/],
  ])('says for each step how it gets its connector', (connector, text) => {
    renderStep(stepOf({ connector }));
    const found = screen.getByRole('list').textContent ?? '';
    expect(found).toMatch(text);
  });

  it('shows a hundred steps at first, and the others when the user asks for them', () => {
    const steps = Array.from({ length: 103 }, (_, index) =>
      stepOf({ place: { ...stepOf({}).place, path: ['steps', index] } }),
    );
    renderStep(stepOf({}), { steps });
    expect(screen.getAllByRole('listitem')).toHaveLength(100);
    fireEvent.click(screen.getByRole('button', { name: 'Show 3 more steps' }));
    expect(screen.getAllByRole('listitem')).toHaveLength(103);
    expect(screen.queryByRole('button', { name: /more steps/ })).toBeNull();
  });

  it('is not rendered again after a key press that changes no step', () => {
    const steps = [stepOf({ connector: CONNECTOR })];
    const renderConnection = vi.fn(() => 'connection');
    const panel = {
      steps,
      onOpen: vi.fn(),
      onChoose: vi.fn(),
      onTest: vi.fn(),
      renderConnection,
    };
    const { rerender } = renderWithCore(<StepsPanel {...panel} />);
    const calls = renderConnection.mock.calls.length;
    rerender(<StepsPanel {...panel} />);
    expect(renderConnection).toHaveBeenCalledTimes(calls);
  });
});
