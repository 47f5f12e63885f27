import type { DestinationStream } from 'pino';

/** Takes whole lines. */
export interface LineOutput extends DestinationStream {
  /** Writes what is held back, before it returns. */
  flush(): void;
}

/** Every line at once. */
export function writeThrough(output: DestinationStream): LineOutput {
  return { write: (line) => output.write(line), flush: () => {} };
}

/** Flushes of those outputs that hold lines. */
const holding = new Set<() => void>();

process.on('exit', () => {
  for (const flush of holding) flush();
});

/**
 * Lines of one turn of the event loop leave in one write; a write per line was a twentieth of an execution's time. They leave before the process waits
 * for anything, before a database commit that was asked for after them, and when the process ends in any way it can notice. `kill -9` can take the
 * lines of one turn, a millisecond or so.
 */
export function writeOncePerTurn(output: DestinationStream): LineOutput {
  let lines = '';
  const flush = (): void => {
    holding.delete(flush);
    const text = lines;
    lines = '';
    if (text !== '') output.write(text);
  };
  return {
    write: (line) => {
      lines += line;
      if (holding.has(flush)) return;
      holding.add(flush);
      setImmediate(flush);
    },
    flush,
  };
}
