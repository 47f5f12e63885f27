import type { Text } from '@codemirror/state';
import type { Problem } from '../text/index.ts';

/** A range in UTF-16 units from the start of the text; the end is exclusive. */
export interface OffsetRange {
  /** Offset of the first character in the text. */
  readonly from: number;
  /** Offset after the last character. */
  readonly to: number;
}

/**
 * Offset of a line and column, both from 1. A position outside the text gives the nearest offset.
 */
export function offsetOf(doc: Text, line: number, column: number): number {
  if (line < 1) return 0;
  if (line > doc.lines) return doc.length;
  const { from, to } = doc.line(line);
  return Math.min(to, from + Math.max(0, column - 1));
}

/** Range of a problem as offsets. */
export function rangeOf(
  doc: Text,
  place: Pick<Problem, 'line' | 'column' | 'endLine' | 'endColumn'>,
): OffsetRange {
  const from = offsetOf(doc, place.line, place.column);
  return { from, to: Math.max(from, offsetOf(doc, place.endLine, place.endColumn)) };
}
