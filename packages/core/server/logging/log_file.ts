import { chmodSync, fstatSync, mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { type DestinationStream, destination } from 'pino';

/**
 * Mode of log files. They contain user activity, so only the account of the server may read them.
 */
const FILE_MODE = 0o600;
const FOLDER_MODE = 0o700;

/**
 * Maximum number of characters that wait for a log that cannot be written. Further lines are
 * dropped.
 */
const MAX_UNWRITTEN = 1024 * 1024;

/** Callbacks for lines that cannot be written. */
export interface LossListener {
  /** Called when lines were dropped because the log could not be written for too long. */
  dropped(lines: number): void;
  /** Called when the first write after such a loss succeeds. */
  recovered(lines: number): void;
}

/** An open log file, or standard output. */
export interface LogFile extends DestinationStream {
  /** Continues in a new file of the same name. Call it after the old one was renamed. */
  reopen(): void;
  /** Returns the current size of the file in bytes. */
  size(): number;
}

/**
 * Opens a log file for appending. An existing file becomes private as well.
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
  // The file is open at this point. Later failures are a full disk, or a log collector that has
  // closed its end of the pipe. The lines wait for the next write.
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
    // This is deferred, because the stream is still writing.
    setImmediate(() => listener.recovered(lines));
  });
  return {
    write: (text) => {
      // When its buffer is full, the stream drops new lines and does not retry its last write. This
      // empty write makes it retry.
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

/** Returns the file descriptor of a stream, which pino's types do not declare. */
const fdOf = (stream: object): number => ('fd' in stream ? Number(stream.fd) : -1);

/** Makes an existing file private. Devices, such as a terminal or a pipe, keep their mode. */
function makePrivate(fileName: string): void {
  mkdirSync(dirname(fileName), { recursive: true, mode: FOLDER_MODE });
  const stat = statSync(fileName, { throwIfNoEntry: false });
  if (stat?.isFile() && (stat.mode & 0o777) !== FILE_MODE) chmodSync(fileName, FILE_MODE);
}

const countLines = (text: string): number => text.split('\n').length - 1;

/** Reports a broken log on standard error, the only place that is left for it. */
export function reportLogFailure(what: string, error: unknown, consequence: string): void {
  const code = Error.isError(error) && 'code' in error ? String(error.code) : 'unknown error';
  process.stderr.write(`${what} (${code}): ${consequence}\n`);
}
