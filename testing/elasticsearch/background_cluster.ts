import { execFile } from 'node:child_process';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { startElasticsearch } from './start_elasticsearch.ts';

const exec = promisify(execFile);
const STOP_TIMEOUT_MS = 30_000;

/** A node as listed in the record file. */
export interface RecordedNode {
  readonly name: string;
  readonly pid: number;
  readonly url: string;
  readonly logFile: string;
}

/**
 * A cluster that continues to run after the command that starts it. One folder contains its data,
 * logs and the record of its processes.
 */
export class BackgroundCluster {
  readonly #folder: string;
  readonly #record: string;

  constructor(folder: string) {
    this.#folder = folder;
    this.#record = join(folder, 'cluster.json');
  }

  /**
   * Starts the cluster. If it is already running, returns its nodes.
   * @throws EsError
   */
  async start(options: {
    readonly nodes: number;
    readonly port: number;
    readonly report: (line: string) => void;
  }): Promise<readonly RecordedNode[]> {
    const running = await this.running();
    if (running.length > 0) return running;
    await mkdir(this.#folder, { recursive: true });
    const { nodes } = await startElasticsearch({
      ...options,
      dataPath: this.#folder,
      attached: false,
    });
    const recorded = nodes.flatMap(({ name, pid, url, logFile }) =>
      pid === undefined ? [] : [{ name, pid, url, logFile }],
    );
    await writeFile(this.#record, `${JSON.stringify(recorded, null, 2)}\n`);
    return recorded;
  }

  /** Returns the recorded nodes whose process still runs. */
  async running(): Promise<readonly RecordedNode[]> {
    const recorded = await this.#read();
    const alive = await Promise.all(recorded.map((node) => this.#isOurs(node)));
    return recorded.filter((_, i) => alive[i]);
  }

  /**
   * Stops the nodes that this class started, and no other process.
   * @returns the stopped nodes
   */
  async stop(): Promise<readonly RecordedNode[]> {
    const running = await this.running();
    for (const { pid } of running) process.kill(pid, 'SIGTERM');
    const deadline = performance.now() + STOP_TIMEOUT_MS;
    while ((await this.running()).length > 0) {
      if (performance.now() > deadline) {
        for (const { pid } of await this.running()) process.kill(pid, 'SIGKILL');
      }
      await delay(100);
    }
    await rm(this.#record, { force: true });
    return running;
  }

  async #read(): Promise<readonly RecordedNode[]> {
    const text = await readFile(this.#record, 'utf8').catch(() => undefined);
    // The file was written by `start` above, so its content is trusted.
    return text === undefined ? [] : (JSON.parse(text) as RecordedNode[]);
  }

  /**
   * Returns `true` if the process is the recorded node. The system reuses process ids, so the
   * command line must contain the folder of this cluster.
   */
  async #isOurs({ pid, name }: RecordedNode): Promise<boolean> {
    return (await commandLine(pid)).includes(join(this.#folder, name, 'data'));
  }
}

async function commandLine(pid: number): Promise<string> {
  try {
    if (process.platform === 'linux') return await readFile(`/proc/${pid}/cmdline`, 'utf8');
    return (await exec('ps', ['-ww', '-o', 'command=', '-p', String(pid)])).stdout;
  } catch {
    return '';
  }
}
