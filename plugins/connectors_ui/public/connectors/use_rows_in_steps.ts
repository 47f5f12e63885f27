import { startTransition, useEffect, useMemo, useState } from 'react';

/** Minimum height of a row in pixels. */
const ROW_HEIGHT = 48;
/** Minimum height of everything above the rows, in pixels. */
const HEIGHT_ABOVE = 240;

/**
 * Rows to render now. New rows below the visible area follow in a transition, which input
 * interrupts. Rows are expensive, and the user sees only the first ones.
 * @param kept ids of rows that are rendered immediately, wherever they are
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

/** Number of rows that fit into the window, wherever it is scrolled. */
const visibleRows = (): number =>
  Math.max(1, Math.ceil((window.scrollY + window.innerHeight - HEIGHT_ABOVE) / ROW_HEIGHT));
