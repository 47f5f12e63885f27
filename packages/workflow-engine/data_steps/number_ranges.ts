import { StepInput } from './step_input.ts';

/** A range of numbers from `from` (inclusive) to `to` (exclusive). */
export interface NumberRange {
  readonly from: number;
  readonly to: number;
  readonly label: string;
}

/**
 * Reads `{ from?, to?, label? }`. Without a label, the label is `<10`, `10-20`, `20+` or `*`.
 * @throws StepFailure `InvalidStepInput`
 */
export function numberRange(value: unknown, place: string): NumberRange {
  const keys = StepInput.of(value, place);
  const from = limit(keys, 'from');
  const to = limit(keys, 'to');
  return {
    from: from ?? Number.NEGATIVE_INFINITY,
    to: to ?? Number.POSITIVE_INFINITY,
    label: keys.isAbsent('label') ? labelOf(from, to) : keys.text('label'),
  };
}

function limit(keys: StepInput, key: string): number | undefined {
  if (keys.isAbsent(key)) return undefined;
  const value = keys.value(key);
  return typeof value === 'number' ? value : keys.fail(key, 'a number');
}

function labelOf(from: number | undefined, to: number | undefined): string {
  if (from === undefined) return to === undefined ? '*' : `<${to}`;
  return to === undefined ? `${from}+` : `${from}-${to}`;
}

/**
 * Label of the first range that contains a value. `null`: no range contains it, or it is not a
 * number.
 */
export function rangeLabel(value: unknown, ranges: readonly NumberRange[]): string | null {
  if (typeof value !== 'number') return null;
  return ranges.find(({ from, to }) => value >= from && value < to)?.label ?? null;
}
