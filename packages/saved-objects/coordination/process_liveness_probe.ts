import { createHash } from 'node:crypto';
import { readFileSync, readlinkSync } from 'node:fs';

/**
 * State of another process, as far as this machine can tell.
 * - `ended`: it will never act again.
 * - `stopped`: it is stopped (a debugger, job control) and will continue where it was, with the
 *   responses that wait in its sockets.
 * - `running`: it exists; what it works on cannot be seen.
 * - `unknown`: it is on another machine or in another container, or the platform does not tell.
 */
export type ProcessState = 'ended' | 'stopped' | 'running' | 'unknown';

/** Recognizes processes of this machine by the identity that each puts into its leases. */
export interface ProcessLivenessProbe {
  /** Of this process, at most 64 characters without a colon. Empty: others cannot probe it. */
  readonly processIdentity: string;
  /** @param identity of any process; empty or of another machine: the result is `unknown` */
  stateOf(identity: string): ProcessState;
}

/** The files of `/proc` that the probe reads; replaced in tests. */
export interface ProcFiles {
  /** @throws when there is no such file */
  read(path: string): string;
  /** @throws when there is no such link */
  readLink(path: string): string;
}

const realFiles: ProcFiles = {
  read: (path) => readFileSync(path, 'utf8'),
  readLink: (path) => readlinkSync(path),
};

/**
 * Knows of no process. For platforms without `/proc`, and for tests in which one process plays
 * several.
 */
export const NO_PROBE: ProcessLivenessProbe = { processIdentity: '', stateOf: () => 'unknown' };

/**
 * Reads `/proc` of Linux; elsewhere it knows of no process. An identity consists of the machine's
 * boot and process namespace (hashed), the process id and the instant it started. So neither a
 * reused process id nor the same id in another container is mistaken for the process.
 * @param pid the process that `processIdentity` is for. Default: this one
 */
export function createProcessLivenessProbe(
  files: ProcFiles = realFiles,
  pid: number = process.pid,
): ProcessLivenessProbe {
  try {
    const boot = files.read('/proc/sys/kernel/random/boot_id').trim();
    const namespace = files.readLink('/proc/self/ns/pid');
    const place = createHash('sha256').update(`${boot} ${namespace}`).digest('hex').slice(0, 16);
    const { startedAt } = parseStat(files.read(`/proc/${pid}/stat`));
    return {
      processIdentity: `${place}.${pid}.${startedAt}`,
      stateOf: (identity) => stateOf(files, place, identity),
    };
  } catch {
    return NO_PROBE;
  }
}

function stateOf(files: ProcFiles, place: string, identity: string): ProcessState {
  const [elsewhere, pid, startedAt] = identity.split('.');
  if (elsewhere !== place || pid === undefined || startedAt === undefined) return 'unknown';
  let stat: ReturnType<typeof parseStat>;
  try {
    stat = parseStat(files.read(`/proc/${pid}/stat`));
  } catch (error) {
    return isAbsent(error) ? 'ended' : 'unknown';
  }
  if (stat.startedAt !== startedAt) return 'ended';
  if (stat.state === 'T' || stat.state === 't') return 'stopped';
  return stat.state === 'Z' || stat.state === 'X' ? 'ended' : 'running';
}

/**
 * Fields 3 and 22 of `/proc/PID/stat`. Field 2 is the command in brackets, which may itself hold
 * blanks and brackets.
 */
function parseStat(line: string): { readonly state: string; readonly startedAt: string } {
  const fields = line.slice(line.lastIndexOf(')') + 2).split(' ');
  const [state, startedAt] = [fields[0], fields[19]];
  if (state === undefined || startedAt === undefined) throw new TypeError('not a process status');
  return { state, startedAt };
}

/** ENOENT: no such process. ESRCH: it ended while its file was being read. */
function isAbsent(error: unknown): boolean {
  if (typeof error !== 'object' || error === null || !('code' in error)) return false;
  return error.code === 'ENOENT' || error.code === 'ESRCH';
}
