import { startTransition, useEffect, useMemo, useState } from 'react';

/** Smallest height of a row, in pixels. */
const ROW_HEIGHT = 48;
/** Smallest height of everything above the rows, in pixels. */
const HEIGHT_ABOVE = 240;

/**
 * Rows to render now. New rows below the edge of the window follow in a transition, which input
 * interrupts: rows are expensive, and the user sees the first ones only.
 * @param kept ids of rows that are rendered at once wherever they are
 */
export function useRowsInSteps<Row extends { readonly id: string }>(
  rows: readonly Row[],
  kept: readonly Row[],
): readonly Row[] {
  const [rendered, setRendered] = useState<readonly Row[]>([]);
  useEffect(() => startTransition(() => setRendered(rows)), [rows]);
  return useMemo(() => {
    const known = new Set([...rendered, ...kept].map(({ id }) => id));
    const visible = visibleRows();
    const shown = rows.filter(({ id }, index) => index < visible || known.has(id));
    return shown.length === rows.length ? rows : shown;
  }, [rows, rendered, kept]);
}

/** Number of rows that the window can show, wherever it is scrolled to. */
const visibleRows = (): number =>
  Math.max(1, Math.ceil((window.scrollY + window.innerHeight - HEIGHT_ABOVE) / ROW_HEIGHT));
