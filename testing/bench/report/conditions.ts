import { mkdir, writeFile } from 'node:fs/promises';
import { availableParallelism, cpus, loadavg } from 'node:os';
import { join } from 'node:path';

const RESULTS = join(import.meta.dirname, '..', 'results');
/** Load average above which other programs disturb the measurement. */
const BUSY_LOAD = 0.5;

/** Conditions under which a run was measured. */
export interface Conditions {
  readonly at: string;
  readonly node: string;
  readonly cores: number;
  readonly cpu: string;
  /**
   * Average number of running or runnable processes in the last minute, before the benchmark
   * started its own.
   */
  readonly loadBefore: number;
}

/** Returns processor, load and Node version, which every result contains. */
export function machine(): Conditions {
  return {
    at: new Date().toISOString(),
    node: process.version,
    cores: availableParallelism(),
    cpu: cpus()[0]?.model ?? 'unknown',
    loadBefore: loadavg()[0] ?? 0,
  };
}

/** Returns the conditions as a line of text. */
export function conditionsText({ at, node, cores, cpu, loadBefore }: Conditions): string {
  const text = `${at}, Node ${node}, ${cores} cores (${cpu}), load before the run ${loadBefore.toFixed(1)}`;
  return loadBefore > BUSY_LOAD
    ? `${text}: the machine is busy with other work, figures will be worse`
    : text;
}

/**
 * Writes the result of a benchmark.
 * @returns the path of the file, whose name is the current time
 */
export async function writeResult(extension: string, text: string): Promise<string> {
  await mkdir(RESULTS, { recursive: true });
  const file = join(RESULTS, `${new Date().toISOString().replaceAll(':', '-')}.${extension}`);
  await writeFile(file, text);
  return file;
}

/** Prints a line. */
export function say(text: string): void {
  process.stdout.write(`${text}\n`);
}
