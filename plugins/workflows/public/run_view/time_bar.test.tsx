import { renderWithCore } from '@latchkey/core/public/testing';
import { screen } from '@testing-library/react';
import { expect, it } from 'vitest';
import { stepMock } from '../run_data/runs.mock.ts';
import { QueueRow, StepRows } from './step_rows.tsx';
import { stepTree } from './step_tree.ts';
import { TimeLegend } from './time_bar.tsx';

const timings = { waitedMs: 100, tokenMs: 50, upstreamMs: 800, overheadMs: 50 };
const whole = { from: 0, to: 10_000 };

/** Widths of the parts of the only bar. Text: of the time before the call. */
function barAfter(seconds: number) {
  const step = stepMock('call', [0, seconds], { timings });
  const { container } = renderWithCore(
    <StepRows steps={stepTree([step], 0)} whole={whole} renderDetails={() => null} />,
  );
  const parts = [...container.querySelectorAll<HTMLElement>('[data-part]')];
  const before = parts[0]?.previousElementSibling;
  return {
    parts: parts.map(({ dataset, style }) => [dataset['part'], Number(style.flexGrow)]),
    before: before instanceof HTMLElement ? Number(before.style.flexGrow) : undefined,
  };
}

it('the bar of a call is divided into queue, token, service and the remaining time', () => {
  expect(barAfter(1)).toEqual({
    parts: [
      ['queue', 100],
      ['token', 50],
      ['upstream', 800],
      ['overhead', 50],
    ],
    before: undefined,
  });
});

it('the bar of a call leaves the time before the call empty, such as a wait for an authorization', () => {
  expect(barAfter(61).before).toBe(60_000);
});

it('the row of a call has its parts as words for screen readers', () => {
  barAfter(1);
  expect(
    screen.getByRole('button', {
      name: /Queue: 100 ms, Access token: 50 ms, Service: 800 ms, This server: 50 ms/,
    }),
  ).toBeVisible();
});

it('the row of a step that waited before its call has this time as words for screen readers', () => {
  barAfter(61);
  expect(
    screen.getByRole('button', { name: /Before the call: 1 min, Queue: 100 ms/ }),
  ).toBeVisible();
});

it('the legend of all bars names each part, and the time before a call', () => {
  renderWithCore(<TimeLegend />);
  const items = screen.getAllByRole('listitem').map(({ textContent }) => textContent);
  expect(items).toEqual(['Before the call', 'Queue', 'Access token', 'Service', 'This server']);
});

it('a step without a call has one bar and no parts', () => {
  const { container } = renderWithCore(
    <StepRows
      steps={stepTree([stepMock('count', [0, 1])], 0)}
      whole={whole}
      renderDetails={() => null}
    />,
  );
  expect(container.querySelectorAll('[data-part]')).toHaveLength(0);
  expect(screen.getByRole('button').textContent).not.toContain('Service');
});

it('the legend names each part, with its duration if it is that of one call', () => {
  renderWithCore(<TimeLegend timings={timings} />);
  const items = screen.getAllByRole('listitem').map(({ textContent }) => textContent);
  expect(items).toEqual([
    'Queue: 100 ms',
    'Access token: 50 ms',
    'Service: 800 ms',
    'This server: 50 ms',
  ]);
});

it('the time in the queue is a row of its own', () => {
  renderWithCore(<QueueRow span={{ from: 0, to: 2_500 }} whole={whole} />);
  expect(screen.getByText('Waited in the queue')).toBeVisible();
  expect(screen.getByText('2.5 sec')).toBeVisible();
});
