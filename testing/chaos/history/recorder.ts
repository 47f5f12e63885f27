import { createHash } from 'node:crypto';
import { closeSync, fstatSync, openSync, readSync, writeSync } from 'node:fs';
import type { HistoryEvent, NewEvent } from './events.ts';

/**
 * Returns milliseconds of the machine's monotonic clock. They are comparable between processes, and
 * changes of the wall clock do not affect them.
 */
export function machineMs(): number {
  return Number(process.hrtime.bigint() / 1000n) / 1000;
}

/**
 * Marker at the start of every issued token and every secret, so that one search finds all leaks.
 */
export const CANARY = 'canary0';

/** Returns a short name of a token that does not reveal the token. */
export function tokenName(token: string): string {
  return createHash('sha256').update(token).digest('base64url').slice(0, 12);
}

/** Records events. */
export interface Recorder {
  record(event: NewEvent): void;
}

/** Keeps the events of one process in memory. */
export class MemoryRecorder implements Recorder {
  #events: HistoryEvent[] = [];

  record(event: NewEvent): void {
    this.#events.push({ at: machineMs(), ...event } as HistoryEvent);
  }

  /** Returns the events since the last call and removes them. */
  take(): readonly HistoryEvent[] {
    const taken = this.#events;
    this.#events = [];
    return taken;
  }
}

/**
 * Writes the events of a process that may be killed at any time. Each event is in the file before
 * the next statement runs.
 */
export class FileRecorder implements Recorder {
  readonly #file: number;

  constructor(path: string) {
    this.#file = openSync(path, 'a', 0o600);
  }

  record(event: NewEvent): void {
    writeSync(this.#file, `${JSON.stringify({ at: machineMs(), ...event })}\n`);
  }
}

/** Reads the events that a {@link FileRecorder} wrote after a byte position. */
export function readEvents(path: string, from: number): { events: HistoryEvent[]; end: number } {
  const text = readFrom(path, from).toString('utf8');
  const complete = text.lastIndexOf('\n') + 1;
  const events = text
    .slice(0, complete)
    .split('\n')
    .filter((line) => line !== '')
    .map((line): HistoryEvent => JSON.parse(line));
  return { events, end: from + Buffer.byteLength(text.slice(0, complete)) };
}

/** Reads the bytes of a file after a position. */
export function readFrom(path: string, from: number): Buffer {
  const file = openSync(path, 'r');
  try {
    const bytes = Buffer.allocUnsafe(Math.max(0, fstatSync(file).size - from));
    return bytes.subarray(0, readSync(file, bytes, 0, bytes.length, from));
  } finally {
    closeSync(file);
  }
}
