import { renderHook } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { useRowsInSteps } from './use_rows_in_steps.ts';

interface Row {
  readonly id: string;
}

const rowsFrom = (first: number): readonly Row[] =>
  Array.from({ length: 25 }, (_, index) => ({ id: String(first + index) }));

const NONE: readonly Row[] = [];

/** Renders one list of rows after the other. Returns the ids of the rows in each render. */
function idsOfRenders(lists: readonly (readonly Row[])[], kept = NONE): readonly string[][] {
  const renders: string[][] = [];
  const [first = NONE, ...others] = lists;
  const { rerender } = renderHook(
    ({ rows }) => {
      renders.push(useRowsInSteps(rows, kept).map(({ id }) => id));
    },
    { initialProps: { rows: first } },
  );
  for (const rows of others) rerender({ rows });
  return renders;
}

describe('a page of rows', () => {
  // The window of the tests has a height of 768 pixels.
  it('begins with the rows that the window can show, and ends with all', () => {
    const renders = idsOfRenders([rowsFrom(0)]);
    expect(renders[0]).toEqual(
      rowsFrom(0)
        .slice(0, 11)
        .map(({ id }) => id),
    );
    expect(renders.at(-1)).toHaveLength(25);
  });

  it('keeps rows that were rendered before, wherever they are', () => {
    const renders = idsOfRenders([rowsFrom(0), rowsFrom(5)]);
    const [, , next] = renders;
    expect(next).toEqual(
      rowsFrom(5)
        .slice(0, 20)
        .map(({ id }) => id),
    );
    expect(renders.at(-1)).toHaveLength(25);
  });

  it('renders kept rows immediately, so that they stay chosen', () => {
    const [first] = idsOfRenders([rowsFrom(0)], [{ id: '20' }]);
    expect(first).toContain('20');
    expect(first).not.toContain('19');
  });
});
