import { readFile } from 'node:fs/promises';

const TICKS_PER_SECOND = 100;
/** Number of columns in the first line of `/proc/stat`, after its name. */
const IDLE = 3;
const IO_WAIT = 4;
/**
 * Positions in `/proc/<pid>/stat` after the closing parenthesis of the command. The state is at 0.
 */
const USER_TIME = 11;
const SYSTEM_TIME = 12;

/** CPU seconds of the whole machine and of some processes, at one moment. */
interface MachineUse {
  readonly busy: number;
  readonly total: number;
  readonly own: number;
}

/**
 * Measures the use of the machine by processes. `undefined`: the system does not report it, because
 * it is not Linux.
 */
export async function machineUse(pids: readonly number[]): Promise<MachineUse | undefined> {
  const stat = await readFile('/proc/stat', 'utf8').catch(() => undefined);
  if (stat === undefined) return undefined;
  const [line = ''] = stat.split('\n');
  // The last two columns contain guest time, which the first two already include.
  const columns = line.split(/\s+/).slice(1, 9).map(Number);
  const total = columns.reduce((sum, ticks) => sum + ticks, 0) / TICKS_PER_SECOND;
  const waiting = ((columns[IDLE] ?? 0) + (columns[IO_WAIT] ?? 0)) / TICKS_PER_SECOND;
  return { busy: total - waiting, total, own: await cpuSecondsOf(pids) };
}

/** Returns the share of the machine that other programs used between two moments, from 0 to 1. */
export function othersShare(before: MachineUse, after: MachineUse): number {
  const others = after.busy - before.busy - (after.own - before.own);
  return Math.max(0, others / (after.total - before.total));
}

/**
 * Returns the CPU seconds that several processes have used so far, in steps of 10 ms. A process
 * that has ended counts as 0. On systems other than Linux, all processes count as 0.
 */
export async function cpuSecondsOf(pids: readonly number[]): Promise<number> {
  const seconds = await Promise.all(pids.map(cpuSeconds));
  return seconds.reduce((sum, each) => sum + each, 0);
}

async function cpuSeconds(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
  if (stat === undefined) return 0;
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[USER_TIME]) + Number(fields[SYSTEM_TIME])) / TICKS_PER_SECOND;
}
