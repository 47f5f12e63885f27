import { chmodSync, fstatSync, mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { type DestinationStream, destination } from 'pino';

/** Log files contain user activity, so only the account of the server may read them. */
const FILE_MODE = 0o600;
const FOLDER_MODE = 0o700;

/**
 * Maximum number of characters that wait for a log that cannot be written. Further lines are
 * dropped.
 */
const MAX_UNWRITTEN = 1024 * 1024;

/** Callbacks about lines that cannot be written. */
export interface LossListener {
  /** Lines were dropped because the log could not be written for too long. */
  dropped(lines: number): void;
  /** The first write after such a loss succeeded. */
  recovered(lines: number): void;
}

/** An open log file, or standard output. */
export interface LogFile extends DestinationStream {
  /** Continues in a new file of the same name. Call it after the old one was renamed. */
  reopen(): void;
  /** Bytes in the file now. */
  size(): number;
}

/**
 * Opens a log file for appending. An existing file is made private as well.
 * @param fileName absolute; `undefined`: standard output
 */
export function openLogFile(fileName: string | undefined, listener: LossListener): LogFile {
  if (fileName !== undefined) makePrivate(fileName);
  const stream = destination({
    dest: fileName ?? 1,
    sync: true,
    mode: FILE_MODE,
    maxLength: MAX_UNWRITTEN,
  });
  let lost = 0;
  let isFailing = false;
  stream.on('drop', (text: string) => {
    const lines = countLines(text);
    lost += lines;
    listener.dropped(lines);
  });
  // The file is open here. Later failures are a full disk or a collector that closed its end; lines
  // wait for the next write.
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (isFailing) return;
    const what = `${fileName ?? 'Standard output'} cannot be written`;
    reportLogFailure(
      what,
      error,
      'its lines are kept in memory, and dropped when the memory limit is reached',
    );
    isFailing = true;
  });
  stream.on('write', () => {
    isFailing = false;
    if (lost === 0) return;
    const lines = lost;
    lost = 0;
    // Deferred: the stream is in the middle of its write.
    setImmediate(() => listener.recovered(lines));
  });
  return {
    write: (text) => {
      // When its buffer is full, the stream drops new lines without retrying its last write.
      if (isFailing) stream.write('');
      stream.write(text);
    },
    reopen: () => {
      if (fileName === undefined) return;
      stream.reopen();
      makePrivate(fileName);
    },
    size: () => fstatSync(fdOf(stream)).size,
  };
}

/** Pino's types do not declare the descriptor. */
const fdOf = (stream: object): number => ('fd' in stream ? Number(stream.fd) : -1);

/** Devices, such as a terminal or a pipe, keep their mode. */
function makePrivate(fileName: string): void {
  mkdirSync(dirname(fileName), { recursive: true, mode: FOLDER_MODE });
  const stat = statSync(fileName, { throwIfNoEntry: false });
  if (stat?.isFile() && (stat.mode & 0o777) !== FILE_MODE) chmodSync(fileName, FILE_MODE);
}

const countLines = (text: string): number => text.split('\n').length - 1;

/** Standard error is the only place left to report a broken log. */
export function reportLogFailure(what: string, error: unknown, consequence: string): void {
  const code = Error.isError(error) && 'code' in error ? String(error.code) : 'unknown error';
  process.stderr.write(`${what} (${code}): ${consequence}\n`);
}
