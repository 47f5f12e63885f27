import { useCallback } from 'react';
import { useIntl } from 'react-intl';

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

type Unit = 'millisecond' | 'second' | 'minute' | 'hour' | 'day';

/** Splits a duration into at most two units, the largest first. */
export function durationParts(
  ms: number,
): readonly { readonly value: number; readonly unit: Unit }[] {
  const rounded = Math.round(ms);
  if (rounded < SECOND_MS) return [{ value: rounded, unit: 'millisecond' }];
  if (rounded < 10 * SECOND_MS) return [{ value: Math.round(rounded / 100) / 10, unit: 'second' }];
  const pairs = [
    [DAY_MS, 'day', HOUR_MS, 'hour'],
    [HOUR_MS, 'hour', MINUTE_MS, 'minute'],
    [MINUTE_MS, 'minute', SECOND_MS, 'second'],
  ] as const;
  for (const [size, unit, smallerSize, smaller] of pairs) {
    if (rounded < size) continue;
    const rest = Math.floor((rounded % size) / smallerSize);
    const first = { value: Math.floor(rounded / size), unit };
    return rest === 0 ? [first] : [first, { value: rest, unit: smaller }];
  }
  return [{ value: Math.floor(rounded / SECOND_MS), unit: 'second' }];
}

/** Returns a function that formats a duration in milliseconds in the language of the page. */
export function useDurationText(): (ms: number) => string {
  const { formatNumber } = useIntl();
  return useCallback(
    (ms) =>
      durationParts(ms)
        .map(({ value, unit }) =>
          formatNumber(value, { style: 'unit', unit, unitDisplay: 'short' }),
        )
        .join(' '),
    [formatNumber],
  );
}
