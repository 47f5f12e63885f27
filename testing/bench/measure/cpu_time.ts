import { readFile } from 'node:fs/promises';

const TICKS_PER_SECOND = 100;
/** Fields of `/proc/<pid>/stat` after the command's closing parenthesis; the state is the first. */
const USER_TIME = 11;
const SYSTEM_TIME = 12;

/**
 * CPU seconds that a process has used so far, in steps of 10 ms; `undefined` where the system does
 * not report it (not Linux).
 */
export async function cpuSeconds(pid: number): Promise<number | undefined> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
  if (stat === undefined) return undefined;
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[USER_TIME]) + Number(fields[SYSTEM_TIME])) / TICKS_PER_SECOND;
}
