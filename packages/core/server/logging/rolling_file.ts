import { existsSync, renameSync, rmSync, statSync } from 'node:fs';
import { extname } from 'node:path';
import type { DestinationStream } from 'pino';
import { type LogFile, reportLogFailure } from './log_file.ts';
import type { RollingPolicy, RollingStrategy } from './logger_settings.ts';

/**
 * Milliseconds after which a failed rename is retried, so that a wrong permission does not cost an
 * attempt per line.
 */
const RETRY_MS = 60_000;

/** Options of a rolling log file. */
export interface RollingFileOptions {
  /** Absolute path of the current file. Closed files are renamed beside it. */
  readonly fileName: string;
  readonly file: LogFile;
  readonly policy: RollingPolicy;
  readonly strategy: RollingStrategy;
  readonly now: () => number;
}

/**
 * Writes to one file until the policy says that it is full or old. Then it renames the file to
 * `name-1.log`, earlier ones to `-2` and so on, deletes those beyond `max`, and opens a new file. A
 * line is never split. Processes must not share such a file: each would keep writing to a file that
 * another process has renamed.
 */
export function rollingFile(options: RollingFileOptions): DestinationStream {
  const { file, policy, now } = options;
  let size = file.size();
  let nextRollAt = nextRoll(policy, size === 0 ? now() : statSync(options.fileName).mtimeMs);
  let retryAt = 0;
  const isDue = (bytes: number): boolean => {
    if (size === 0 || now() < retryAt) return false;
    return policy.type === 'size-limit' ? size + bytes > policy.size : now() >= nextRollAt;
  };
  return {
    write: (text) => {
      const bytes = Buffer.byteLength(text);
      if (isDue(bytes)) {
        try {
          roll(options);
          size = 0;
        } catch (error) {
          const what = `The log file ${options.fileName} cannot be renamed`;
          reportLogFailure(what, error, 'the file grows beyond the limit of its rolling policy');
          retryAt = now() + RETRY_MS;
        }
        nextRollAt = nextRoll(policy, now());
      }
      size += bytes;
      file.write(text);
    },
  };
}

/**
 * Returns the instant of the next new file. With `modulate`, it is at a multiple of the interval in
 * UTC, so that a daily file ends at midnight, whenever the server started.
 */
function nextRoll(policy: RollingPolicy, from: number): number {
  if (policy.type === 'size-limit') return Number.POSITIVE_INFINITY;
  const { interval, modulate } = policy;
  return modulate ? (Math.floor(from / interval) + 1) * interval : from + interval;
}

function roll({ fileName, file, strategy: { pattern, max } }: RollingFileOptions): void {
  const extension = extname(fileName);
  const stem = fileName.slice(0, fileName.length - extension.length);
  const rolled = (index: number): string =>
    `${stem}${pattern.replace('%i', String(index))}${extension}`;
  rmSync(rolled(max), { force: true });
  for (let index = max - 1; index >= 1; index -= 1) {
    if (existsSync(rolled(index))) renameSync(rolled(index), rolled(index + 1));
  }
  if (existsSync(fileName)) renameSync(fileName, rolled(1));
  file.reopen();
}
