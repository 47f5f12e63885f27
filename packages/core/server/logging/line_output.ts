import type { DestinationStream } from 'pino';

/**
 * Milliseconds after which a line of {@link LineOutput.writeLater} is written. If the event loop is
 * blocked then, the line is written in the first turn afterwards.
 */
const MAX_DELAY_MS = 100;
/** Maximum number of waiting characters. When it is reached, they are written immediately. */
const MAX_WAITING = 64 * 1024;

/** Output that accepts whole lines. */
export interface LineOutput extends DestinationStream {
  /** Writes a line with others, at the latest in the first turn after {@link MAX_DELAY_MS}. */
  writeLater(line: string): void;
  /** Writes all waiting lines before it returns. */
  flush(): void;
}

/** Writes each line immediately, without a buffer. */
export function writeThrough(output: DestinationStream): LineOutput {
  const write = (line: string): void => void output.write(line);
  return { write, writeLater: write, flush: () => {} };
}

/** Flush functions of the outputs that have waiting lines. */
const pendingFlushes = new Set<() => void>();

process.on('exit', () => {
  for (const flush of pendingFlushes) flush();
});

/**
 * Writes the lines of one turn of the event loop together, before the process waits for anything
 * and before a database commit that was requested after them. A write for each line would take a
 * twentieth of the time of an execution.
 * Lines of `writeLater` wait for the next such write, {@link MAX_WAITING} characters or the first
 * turn after {@link MAX_DELAY_MS}. The order of lines never changes. All are written when the
 * process emits `exit`.
 * `kill -9`, a crash of the runtime (out of memory) and a signal without a handler can lose the
 * lines of the current turn. They can also lose the lines of `writeLater` of the last {@link
 * MAX_DELAY_MS}, or of a longer time if the event loop was blocked.
 */
export function writeInBatches(output: DestinationStream): LineOutput {
  let lines = '';
  let isDueThisTurn = false;
  let timer: NodeJS.Timeout | undefined;
  const flush = (): void => {
    pendingFlushes.delete(flush);
    isDueThisTurn = false;
    clearTimeout(timer);
    timer = undefined;
    const text = lines;
    lines = '';
    if (text !== '') output.write(text);
  };
  const add = (line: string): void => {
    lines += line;
    pendingFlushes.add(flush);
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
      // The timer does not keep the process alive, because `exit` writes the lines.
      else timer ??= setTimeout(flush, MAX_DELAY_MS).unref();
    },
    flush,
  };
}
