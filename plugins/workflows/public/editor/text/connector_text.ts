import type { StepPlace } from '@latchkey/workflow-language';

/**
 * A change of the text that replaces a range. Offsets are in UTF-16 units; the end is exclusive.
 */
export interface TextChange {
  /** Offset of the first character in the text. */
  readonly from: number;
  /** Offset after the last character. */
  readonly to: number;
  readonly insert: string;
}

/** Ids that need quotes, because YAML would read them as a different value than a string. */
const NOT_PLAIN = /^(?:[\d.eE+-]+|0[xo][\da-fA-F]+|true|false|null|~|yes|no|on|off)$/i;

/** Returns the change that makes a step use a connector, or start a workflow. */
export function connectorChange(text: string, step: StepPlace, connectorId: string): TextChange {
  const { start } = step;
  const before = step.connector ?? step.workflow;
  if (before !== undefined) {
    const { start: from, end: to } = before;
    const isQuoted = text[from - 1] === '"' || text[from - 1] === "'";
    return { from, to, insert: isQuoted ? connectorId : scalar(connectorId) };
  }
  const key = `connector-id: ${scalar(connectorId)}`;
  const lineStart = text.lastIndexOf('\n', start - 1) + 1;
  // A step in braces is on one line, so the new key is inserted on this line.
  if (text.slice(lineStart, start).includes('{'))
    return { from: start, to: start, insert: `${key}, ` };
  const column = start - lineStart;
  const at = endOfTypeLine(text, start, column);
  if (at === undefined) {
    return { from: start, to: start, insert: `${key}\n${' '.repeat(column)}` };
  }
  return { from: at, to: at, insert: `\n${' '.repeat(column)}${key}` };
}

const scalar = (id: string): string => (NOT_PLAIN.test(id) ? `"${id}"` : id);

/**
 * Offset of the end of the line with the type of the step. `undefined`: the type has no line of its
 * own.
 */
function endOfTypeLine(text: string, start: number, column: number): number | undefined {
  for (let at = start; at < text.length; ) {
    const newline = text.indexOf('\n', at);
    const end = newline < 0 ? text.length : newline;
    const line = text.slice(at, end).trimEnd();
    const indentation = at === start ? column : line.length - line.trimStart().length;
    // A line that is indented less than the step ends the step.
    if (line !== '' && indentation < column) return undefined;
    if (indentation === column && line.trimStart().startsWith('type:')) return at + line.length;
    at = end + 1;
  }
  return undefined;
}
