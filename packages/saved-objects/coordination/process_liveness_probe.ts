import { createHash } from 'node:crypto';
import { readFileSync, readlinkSync } from 'node:fs';

/**
 * State of another process.
 * - `ended`: it has ended and cannot act any more.
 * - `stopped`: it is stopped (a debugger, job control). It can continue later and then process
 *   responses that wait in its sockets.
 * - `running`: it exists. Its work is not known.
 * - `unknown`: it is on another machine or in another container, or the platform has no `/proc`.
 */
export type ProcessState = 'ended' | 'stopped' | 'running' | 'unknown';

/** Finds out the state of processes of this machine by the identities in their leases. */
export interface ProcessLivenessProbe {
  /**
   * Identity of this process: at most 64 characters, without a colon. Empty: other processes cannot
   * probe this process.
   */
  readonly processIdentity: string;
  /**
   * Returns the state of a process.
   * @param identity of any process. If it is empty or of another machine, the result is `unknown`
   */
  stateOf(identity: string): ProcessState;
}

/** Reads files of `/proc`. Tests replace it. */
export interface ProcFiles {
  /**
   * Reads a file as text.
   * @throws when the file does not exist
   */
  read(path: string): string;
  /**
   * Reads the target of a link.
   * @throws when the link does not exist
   */
  readLink(path: string): string;
  /**
   * Returns `true` if a process exists, also one whose files in `/proc` are hidden from this user.
   */
  exists(pid: number): boolean;
}

const realFiles: ProcFiles = {
  read: (path) => readFileSync(path, 'utf8'),
  readLink: (path) => readlinkSync(path),
  exists: (pid) => {
    try {
      // Sends no signal.
      process.kill(pid, 0);
      return true;
    } catch (error) {
      return !hasCode(error, 'ESRCH');
    }
  },
};

/**
 * A probe for which every process is `unknown`. For platforms without `/proc`, and for tests in
 * which one process acts as several.
 */
export const NO_PROBE: ProcessLivenessProbe = { processIdentity: '', stateOf: () => 'unknown' };

/**
 * Returns a probe that only reports if a process has ended; every other process is `unknown`. Use
 * it for work that other processes continue while the holder is stopped (SIGSTOP): with this probe
 * a stopped holder loses its lease when its heartbeat is missing.
 */
export function probeOfEnds({
  processIdentity,
  stateOf,
}: ProcessLivenessProbe): ProcessLivenessProbe {
  return {
    processIdentity,
    stateOf: (identity) => (stateOf(identity) === 'ended' ? 'ended' : 'unknown'),
  };
}

let ownProbe: ProcessLivenessProbe | undefined;

/**
 * The probe of this process, for all its leases. It is created once, because it never changes.
 */
export function processLivenessProbe(): ProcessLivenessProbe {
  ownProbe ??= createProcessLivenessProbe();
  return ownProbe;
}

/**
 * Creates a probe that reads `/proc` of Linux. On other platforms it is {@link NO_PROBE}.
 *
 * An identity consists of a hash of the boot id and process namespace, the process id and the start
 * time of the process. So a reused process id, or the same id in another container, has another
 * identity.
 * @param pid the process of `processIdentity`. Default: this process
 */
export function createProcessLivenessProbe(
  files: ProcFiles = realFiles,
  pid: number = process.pid,
): ProcessLivenessProbe {
  try {
    const boot = files.read('/proc/sys/kernel/random/boot_id').trim();
    const namespace = files.readLink('/proc/self/ns/pid');
    const host = createHash('sha256').update(`${boot} ${namespace}`).digest('hex').slice(0, 16);
    const { startedAt } = parseStat(files.read(`/proc/${pid}/stat`));
    return {
      processIdentity: `${host}.${pid}.${startedAt}`,
      stateOf: (identity) => stateOf(files, host, identity),
    };
  } catch {
    return NO_PROBE;
  }
}

function stateOf(files: ProcFiles, host: string, identity: string): ProcessState {
  const [hostOfProcess, pid, startedAt] = identity.split('.');
  if (hostOfProcess !== host || pid === undefined || startedAt === undefined) return 'unknown';
  let stat: ReturnType<typeof parseStat>;
  try {
    stat = parseStat(files.read(`/proc/${pid}/stat`));
  } catch (error) {
    // With the mount option `hidepid`, the files of other users' processes seem not to exist.
    return isAbsent(error) && !files.exists(Number(pid)) ? 'ended' : 'unknown';
  }
  if (stat.startedAt !== startedAt) return 'ended';
  if (stat.state === 'T' || stat.state === 't') return 'stopped';
  return stat.state === 'Z' || stat.state === 'X' ? 'ended' : 'running';
}

/**
 * Parses fields 3 and 22 of `/proc/PID/stat`. Field 2 is the command in brackets. It can contain
 * spaces and brackets itself.
 */
function parseStat(line: string): { readonly state: string; readonly startedAt: string } {
  const fields = line.slice(line.lastIndexOf(')') + 2).split(' ');
  const [state, startedAt] = [fields[0], fields[19]];
  if (state === undefined || startedAt === undefined) {
    throw new TypeError('The process status has too few fields.');
  }
  return { state, startedAt };
}

/**
 * Returns `true` if an error of a file access means that the process does not exist. ENOENT: it
 * does not exist. ESRCH: it ended while its file was read.
 */
function isAbsent(error: unknown): boolean {
  return hasCode(error, 'ENOENT') || hasCode(error, 'ESRCH');
}

function hasCode(error: unknown, code: string): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && error.code === code;
}
