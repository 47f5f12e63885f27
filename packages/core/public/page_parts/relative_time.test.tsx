import { screen } from '@testing-library/react';
import { expect, it } from 'vitest';
import { renderWithCore } from '../testing.tsx';
import { RelativeTime } from './relative_time.tsx';

it.each([
  ['a moment ago', -30_000],
  // The clock of the server may be known too early by some seconds.
  ['a moment ago', 5_500],
  ['in a moment', 30_000],
  ['in 5 minutes', 5 * 60_000 + 10_000],
])('a time is shown as "%s" when it is %d ms ahead', (text, aheadMs) => {
  renderWithCore(<RelativeTime at={new Date(Date.now() + aheadMs)} />);
  expect(screen.getByText(text)).toBeVisible();
});
