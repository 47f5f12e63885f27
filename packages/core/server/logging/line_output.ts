import type { DestinationStream } from 'pino';

/** Maximum time that a line of {@link LineOutput.writeLater} waits, in milliseconds. */
const MAX_DELAY_MS = 100;
/** Waiting characters that are written without waiting longer. */
const MAX_WAITING = 64 * 1024;

/** Accepts whole lines. */
export interface LineOutput extends DestinationStream {
  /** Writes a line together with others, up to {@link MAX_DELAY_MS} later. */
  writeLater(line: string): void;
  /** Writes all waiting lines before it returns. */
  flush(): void;
}

/** Writes every line at once. */
export function writeThrough(output: DestinationStream): LineOutput {
  const write = (line: string): void => void output.write(line);
  return { write, writeLater: write, flush: () => {} };
}

/** Flush functions of the outputs that have waiting lines. */
const holding = new Set<() => void>();

process.on('exit', () => {
  for (const flush of holding) flush();
});

/**
 * Writes the lines of one turn of the event loop together, before the process waits for anything
 * and before a database commit that was requested after them. Lines of `writeLater` wait for the
 * next such write, {@link MAX_WAITING} characters or {@link MAX_DELAY_MS}. The order of lines never
 * changes. All are written when the process ends in a way that it can notice; `kill -9` can lose
 * the lines of one turn and those of `writeLater` of the last {@link MAX_DELAY_MS}.
 *
 * A write per line took a twentieth of the time of an execution.
 */
export function writeInBatches(output: DestinationStream): LineOutput {
  let lines = '';
  let isDueThisTurn = false;
  let timer: NodeJS.Timeout | undefined;
  const flush = (): void => {
    holding.delete(flush);
    isDueThisTurn = false;
    clearTimeout(timer);
    timer = undefined;
    const text = lines;
    lines = '';
    if (text !== '') output.write(text);
  };
  const add = (line: string): void => {
    lines += line;
    holding.add(flush);
  };
  return {
    write: (line) => {
      add(line);
      if (isDueThisTurn) return;
      isDueThisTurn = true;
      setImmediate(flush);
    },
    writeLater: (line) => {
      add(line);
      if (lines.length >= MAX_WAITING) flush();
      // The process may end without waiting for it, because `exit` writes the lines.
      else timer ??= setTimeout(flush, MAX_DELAY_MS).unref();
    },
    flush,
  };
}
