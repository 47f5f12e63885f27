import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { EsError } from './es_error.ts';

const SOURCE = join(import.meta.dirname, 'node', 'ElasticsearchNode.java');
const CONFIG = join(import.meta.dirname, 'node', 'config');
const RESTART_TIMEOUT_MS = 300_000;
const STOP_TIMEOUT_MS = 30_000;
const LOG_LINES_SHOWN = 25;

/** Parameters with which one node is started. */
export interface NodeSettings {
  readonly name: string;
  readonly java: string;
  readonly home: string;
  /** Folder that contains `data` and `logs` of this node. */
  readonly folder: string;
  readonly heapMb: number;
  readonly httpPort: number;
  /** Elasticsearch settings by name. */
  readonly settings: Readonly<Record<string, string>>;
  /**
   * `true`: the node ends together with this process, however this process ends. `false`: the node
   * continues to run.
   */
  readonly attached: boolean;
  /** `true`: the node uses half the CPU time to start, and afterwards reaches half the speed. */
  readonly shortLived: boolean;
}

/** A node of a running cluster. */
export interface EsNode {
  readonly name: string;
  readonly url: string;
  /** Process id; `undefined` while the node is stopped. */
  readonly pid: number | undefined;
  readonly logFile: string;
  /** Kills the node with SIGKILL, so it cannot shut down gracefully. */
  kill9(): Promise<void>;
  /** Stops the node gracefully. Does nothing when the node has already ended. */
  stop(): Promise<void>;
  /**
   * Restarts the node with its data on the same ports; stops it first if it runs. Resolves when the
   * node responds.
   */
  restart(): Promise<void>;
  /** Freezes the node: connections stay open and get no response. */
  pause(): void;
  resume(): void;
}

/** A node of Elasticsearch in its own process. */
export class NodeProcess implements EsNode {
  readonly name: string;
  readonly url: string;
  readonly logFile: string;
  readonly #settings: NodeSettings;
  #child: ChildProcess | undefined;

  constructor(settings: NodeSettings) {
    this.#settings = settings;
    this.name = settings.name;
    this.url = `http://127.0.0.1:${settings.httpPort}`;
    this.logFile = join(settings.folder, 'node.log');
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  async spawn(): Promise<void> {
    const { java, folder, attached } = this.#settings;
    await mkdir(join(folder, 'logs'), { recursive: true });
    const log = openSync(this.logFile, 'a');
    const child = spawn(java, this.#arguments(), {
      stdio: [attached ? 'pipe' : 'ignore', log, log],
      detached: !attached,
    });
    closeSync(log);
    // An error while writing to a node that has exited must not end this process.
    child.stdin?.on('error', () => {});
    this.#child = child;
    child.once('exit', () => {
      if (this.#child === child) this.#child = undefined;
    });
    await once(child, 'spawn');
    if (!attached) child.unref();
  }

  /**
   * Waits until the node is ready.
   * @param nodes number of nodes that must have joined the cluster
   * @throws EsError `start_failed` or `port_taken`, with the end of the log
   */
  async untilReady(nodes: number, timeoutMs: number): Promise<void> {
    const deadline = performance.now() + timeoutMs;
    while (performance.now() < deadline) {
      if (this.#child === undefined) break;
      if (await this.#responses(nodes)) return;
      await delay(100);
    }
    const log = await readFile(this.logFile, 'utf8').catch(() => '');
    const end = log.trimEnd().split('\n').slice(-LOG_LINES_SHOWN).join('\n');
    throw new EsError(
      log.includes('Address already in use') ? 'port_taken' : 'start_failed',
      `Elasticsearch node ${this.name} did not become ready. The end of ${this.logFile}:\n${end}`,
    );
  }

  async kill9(): Promise<void> {
    await this.#end('SIGKILL');
  }

  async stop(): Promise<void> {
    await this.#end('SIGTERM');
  }

  async restart(): Promise<void> {
    await this.stop();
    await this.spawn();
    await this.untilReady(1, RESTART_TIMEOUT_MS);
  }

  pause(): void {
    this.#child?.kill('SIGSTOP');
  }

  resume(): void {
    this.#child?.kill('SIGCONT');
  }

  async #end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    const child = this.#child;
    if (child === undefined) return;
    const ended = once(child, 'exit');
    // A frozen process handles no other signal until it continues.
    child.kill('SIGCONT');
    child.kill(signal);
    const timer = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS);
    await ended;
    clearTimeout(timer);
  }

  async #responses(nodes: number): Promise<boolean> {
    const path = `/_cluster/health?wait_for_nodes=>=${nodes}&wait_for_status=yellow&timeout=1s`;
    try {
      const response = await fetch(`${this.url}${path}`, { signal: AbortSignal.timeout(5_000) });
      await response.arrayBuffer();
      return response.ok;
    } catch {
      return false;
    }
  }

  #arguments(): readonly string[] {
    const { home, folder, name, heapMb, httpPort, settings, attached, shortLived } = this.#settings;
    const all: Readonly<Record<string, string>> = {
      'path.home': home,
      'path.data': join(folder, 'data'),
      'path.logs': join(folder, 'logs'),
      'node.name': name,
      'network.host': '127.0.0.1',
      'http.port': String(httpPort),
      ...settings,
    };
    return [
      `-Xms${heapMb}m`,
      `-Xmx${heapMb}m`,
      // This garbage collector uses fewer threads than the default one: several nodes share a small
      // machine.
      '-XX:+UseSerialGC',
      // For a node that runs only for minutes, the second compiler costs more time than it saves.
      ...(shortLived ? ['-XX:TieredStopAtLevel=1'] : []),
      `-Dlatchkey.config=${CONFIG}`,
      ...(attached ? ['-Dlatchkey.attached=true'] : []),
      '--module-path',
      join(home, 'lib'),
      '--add-modules',
      'org.elasticsearch.server,org.elasticsearch.nativeaccess,org.elasticsearch.simdvec',
      '--enable-native-access=org.elasticsearch.nativeaccess,org.apache.lucene.core,ALL-UNNAMED',
      SOURCE,
      ...Object.entries(all).map(([setting, value]) => `${setting}=${value}`),
    ];
  }
}
