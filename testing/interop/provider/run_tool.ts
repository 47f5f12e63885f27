import { execFile } from 'node:child_process';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { InteropError } from './interop_error.ts';

const exec = promisify(execFile);
const TOOL_TIMEOUT_MS = 30 * 60_000;
const MAX_OUTPUT_BYTES = 64 * 1024 * 1024;
const SHOWN_CHARACTERS = 2_000;

/**
 * Returns the folder of fetched and built servers: `latchkey` in `XDG_CACHE_HOME`, or in `~/.cache`
 * when that variable is not set.
 */
export function cacheFolder(): string {
  return join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'latchkey');
}

/** A program that is installed on this machine, and its arguments. */
export interface ToolCall {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Error message when the program is missing. It says what to install. */
  readonly ifMissing: string;
}

/**
 * Runs a program and waits for its end.
 * @throws InteropError `tool_missing` when the program is missing; `fetch_failed` with the end of
 * its output when it fails
 */
export async function runTool(call: ToolCall): Promise<void> {
  try {
    await exec(call.command, call.args, {
      cwd: call.cwd,
      env: { ...process.env, ...call.env },
      timeout: TOOL_TIMEOUT_MS,
      maxBuffer: MAX_OUTPUT_BYTES,
    });
  } catch (error) {
    if (fieldOf(error, 'code') === 'ENOENT') throw new InteropError('tool_missing', call.ifMissing);
    const output = `${fieldOf(error, 'stdout') ?? ''}${fieldOf(error, 'stderr') ?? ''}`;
    throw new InteropError(
      'fetch_failed',
      `${call.command} ${call.args.join(' ')} failed:\n${output.slice(-SHOWN_CHARACTERS)}`,
      { cause: error },
    );
  }
}

function fieldOf(error: unknown, name: string): unknown {
  return typeof error === 'object' && error !== null ? Reflect.get(error, name) : undefined;
}
