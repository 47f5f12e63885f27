import type { DestinationStream } from 'pino';

/**
 * Time after which a line of {@link LineOutput.writeLater} is written, in milliseconds. If the
 * event loop is blocked then, the line is written in the first turn afterwards.
 */
const MAX_DELAY_MS = 100;
/** Maximum number of waiting characters. When it is reached, they are written at once. */
const MAX_WAITING = 64 * 1024;

/** Accepts whole lines. */
export interface LineOutput extends DestinationStream {
  /** Writes a line with others, at the latest in the first turn after {@link MAX_DELAY_MS}. */
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
 * next such write, {@link MAX_WAITING} characters or the first turn after {@link MAX_DELAY_MS}. The
 * order of lines never changes. All are written when the process emits `exit`. `kill -9`, a crash
 * of the runtime (out of memory) and a signal without a handler can lose the lines of the current
 * turn and those of `writeLater` of the last {@link MAX_DELAY_MS}, or longer if the event loop was
 * blocked.
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
