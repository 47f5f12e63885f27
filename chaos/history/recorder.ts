import { createHash } from 'node:crypto';
import { closeSync, fstatSync, openSync, readSync, writeSync } from 'node:fs';
import type { HistoryEvent, NewEvent } from './events.ts';

/** Milliseconds of the machine's monotonic clock: comparable between processes, untouched by jumps of the wall clock. */
function machineMs(): number {
  return Number(process.hrtime.bigint() / 1000n) / 1000;
}

/** Names a token without carrying it. */
export function tokenName(token: string): string {
  return createHash('sha256').update(token).digest('base64url').slice(0, 12);
}

/** Where events go. */
export interface Recorder {
  record(event: NewEvent): void;
}

/** The events of one process in its memory. */
export class MemoryRecorder implements Recorder {
  #events: HistoryEvent[] = [];

  record(event: NewEvent): void {
    this.#events.push({ at: machineMs(), ...event } as HistoryEvent);
  }

  /** Hands over what was recorded since the last time. */
  take(): readonly HistoryEvent[] {
    const taken = this.#events;
    this.#events = [];
    return taken;
  }
}

/** The events of a process that may be killed at any moment: each is in the file before the next statement runs. */
export class FileRecorder implements Recorder {
  readonly #file: number;

  constructor(path: string) {
    this.#file = openSync(path, 'a', 0o600);
  }

  record(event: NewEvent): void {
    writeSync(this.#file, `${JSON.stringify({ at: machineMs(), ...event })}\n`);
  }
}

/** Reads what a {@link FileRecorder} wrote from a byte position on. */
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

/** The bytes of a file from a position on. */
export function readFrom(path: string, from: number): Buffer {
  const file = openSync(path, 'r');
  try {
    const bytes = Buffer.allocUnsafe(Math.max(0, fstatSync(file).size - from));
    return bytes.subarray(0, readSync(file, bytes, 0, bytes.length, from));
  } finally {
    closeSync(file);
  }
}
