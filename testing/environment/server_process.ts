import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { waitUntil } from '@latchkey/core/server/wait_until';
import { aFreePort } from '@latchkey/elasticsearch';
import { closeConnections, send } from './http_client.ts';
import { connectInspector, type Inspector } from './inspector.ts';
import { within } from './within.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const ENDS_WITH_PARENT = new URL('./ends_with_parent.ts', import.meta.url);
/**
 * Limit for the start of a process, in milliseconds. It only ends a process that hangs; on a
 * machine that also runs other tests, a start takes a minute.
 */
const START_TIMEOUT_MS = 240_000;
const STOP_TIMEOUT_MS = 120_000;
const COMPILE_CACHE = 'NODE_COMPILE_CACHE';
/** Maximum number of characters of a server's output in an error message. */
const SHOWN_OUTPUT = 4_000;

/** Options of one server process. */
export interface ServerOptions {
  /** Data folder, which all processes of one installation share. */
  readonly dataPath: string;
  /** Settings with dotted or nested keys. They override the configuration files of the mode. */
  readonly settings?: Readonly<Record<string, unknown>> | undefined;
  /** Mode of the server. Default: `development`. */
  readonly mode?: 'development' | 'production' | undefined;
  /**
   * URL that browsers use for the installation. Default: the URL of this process. Every process but
   * the first needs it.
   */
  readonly publicBaseUrl?: string | undefined;
  /**
   * Another build of the server: a module in `builds/` that the process loads first and that
   * changes what plugins register. Default: the product.
   */
  readonly build?: URL | undefined;
  /**
   * File that receives standard output, so that a server under measurement does not wait for this
   * process to read it. {@link ServerProcess.output} then contains only standard error. Default:
   * none.
   */
  readonly logFile?: string | undefined;
  /** Limit for the start, in milliseconds. Default: 4 minutes. */
  readonly startTimeoutMs?: number | undefined;
  /**
   * Environment variables besides `PATH`. Default: none, because environment variables can contain
   * settings.
   */
  readonly env?: NodeJS.ProcessEnv | undefined;
}

/** Exit code and signal of a process. */
export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A process that is running or has ended. */
export interface ServerProcess {
  readonly pid: number;
  /** URL at which this process listens. */
  readonly url: string;
  readonly exited: Promise<Exit>;
  /** Returns the time since the process was started, in milliseconds. */
  ageMs(): number;
  /** Opens the inspector of the running process, which is closed before this call. */
  inspect(): Promise<Inspector>;
  /**
   * Returns the maximum memory of the process so far, in MB; `undefined`: the system does not
   * report it.
   */
  peakMb(): number | undefined;
  /**
   * Returns everything that the process has written to standard output and standard error so far.
   */
  output(): string;
  /**
   * Waits for a text in the output, which may arrive later than the response to a request.
   * @throws Error with the end of the output when the text does not appear in time
   */
  waitForOutput(words: RegExp | string, timeoutMs?: number): Promise<void>;
  /** Asks the process to stop and waits for its end. A second call does nothing. */
  stop(): Promise<Exit>;
  /** Kills the process with SIGKILL, so it cannot shut down gracefully. */
  kill9(): Promise<Exit>;
}

const running = new Set<ServerProcess>();
const folders = new Set<string>();
const others = new Set<() => Promise<void>>();
process.once('exit', () => {
  for (const { pid } of running) process.kill(pid, 'SIGKILL');
});

/** Creates a data folder; {@link stopEverything} removes it. */
export function aDataPath(): string {
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-e2e-'));
  folders.add(folder);
  return folder;
}

/**
 * Registers a function that {@link stopEverything} calls. A test that fails then leaves nothing
 * running that would keep the process of the tests from exiting.
 */
export function stopAtTheEnd(stop: () => Promise<void>): void {
  others.add(stop);
}

/**
 * Makes an HTTP server of a test listen on the loopback address until {@link stopEverything}.
 * @returns its origin
 */
export async function listenUntilTheEnd(server: Server): Promise<string> {
  await once(server.listen(0, '127.0.0.1'), 'listening');
  stopAtTheEnd(async () => {
    server.close();
    server.closeAllConnections();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/**
 * Starts `scripts/serve.ts` on a free port and waits until the server is available.
 * @throws Error with the output of the server when it exits instead
 */
export async function startServer(options: ServerOptions): Promise<ServerProcess> {
  const server = await launchServer(options);
  const isAvailable = async (): Promise<boolean> => {
    const response = await send({ method: 'GET', url: `${server.url}/api/status` }).catch(
      () => null,
    );
    return response?.status === 200;
  };
  const ended = server.exited.then(({ code, signal }) => {
    throw new Error(`The server exited (${code ?? signal}) during startup:\n${server.output()}`);
  });
  ended.catch(() => undefined);
  const limitMs = options.startTimeoutMs ?? START_TIMEOUT_MS;
  await Promise.race([waitUntil('the server', isAvailable, { timeoutMs: limitMs }), ended]);
  return server;
}

/**
 * Starts `scripts/serve.ts` without waiting until it is available, for servers that must refuse to
 * start.
 */
export async function launchServer(options: ServerOptions): Promise<ServerProcess> {
  // The port must be known before the start, because the URLs to which users are redirected contain
  // it.
  const port = await aFreePort();
  const url = `http://localhost:${port}`;
  const { env, logFile } = options;
  const child = spawn(process.execPath, argumentsFor(options, { port, url }), {
    cwd: ROOT,
    env: { ...compileCache(), ...env, PATH: process.env['PATH'] ?? '' },
    stdio: ['ignore', logFile === undefined ? 'pipe' : openSync(logFile, 'a'), 'pipe'],
  });
  const server = processOf(child, url);
  running.add(server);
  server.exited.finally(() => running.delete(server));
  return server;
}

/**
 * Returns the variable that makes servers share a compile cache: a quarter of the processor time of
 * a start is used for compiling.
 */
function compileCache(): NodeJS.ProcessEnv {
  const folder = process.env[COMPILE_CACHE];
  return folder === undefined ? {} : { [COMPILE_CACHE]: folder };
}

/**
 * Fills the compile cache of {@link launchServer}. Processes write to this cache only when they
 * stop gracefully, and most tests kill them.
 */
export async function compileServer(): Promise<void> {
  const server = await startServer({ dataPath: aDataPath() });
  await server.stop();
  await stopEverything();
}

/** Stops every process and test provider of a test file, and deletes its folders. */
export async function stopEverything(): Promise<void> {
  await Promise.all([...running].map((server) => server.kill9()));
  await Promise.all([...others].map((stop) => stop()));
  others.clear();
  closeConnections();
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
  folders.clear();
}

function argumentsFor(
  { dataPath, settings = {}, mode = 'development', publicBaseUrl, build }: ServerOptions,
  own: { readonly port: number; readonly url: string },
): string[] {
  const all = {
    'path.data': dataPath,
    'server.port': own.port,
    'server.publicBaseUrl': publicBaseUrl ?? own.url,
    ...settings,
  };
  mkdirSync(dataPath, { recursive: true });
  const file = join(dataPath, `settings-${own.port}.yml`);
  // JSON is valid YAML.
  writeFileSync(file, JSON.stringify(all), { mode: 0o600 });
  return [
    // `inspect` opens the inspector on this port: 0 means any free one.
    '--inspect-port=127.0.0.1:0',
    '--import',
    ENDS_WITH_PARENT.href,
    ...(build === undefined ? [] : ['--import', build.href]),
    join(ROOT, 'scripts', 'serve.ts'),
    '--config',
    file,
    // Tests of the web app build it once before they start servers, so servers do not build it.
    '--no-build',
    ...(mode === 'development' ? ['--dev'] : []),
  ];
}

function processOf(child: ChildProcess, url: string): ServerProcess {
  const { pid, stdout, stderr } = child;
  if (pid === undefined) throw new Error('No process');
  const startedAt = performance.now();
  const chunks: Buffer[] = [];
  for (const stream of [stdout, stderr]) {
    if (stream === null) continue;
    stream.on('data', (chunk: Buffer) => chunks.push(chunk));
    if (process.env['LATCHKEY_E2E_LOG'] === 'true') stream.pipe(process.stderr, { end: false });
  }
  const exited = new Promise<Exit>((resolve) => {
    child.once('close', (code, signal) => resolve({ code, signal }));
  });
  const endBy = (signal: NodeJS.Signals) => async (): Promise<Exit> => {
    if (child.exitCode === null && child.signalCode === null) child.kill(signal);
    return within(`the process after ${signal}`, STOP_TIMEOUT_MS, exited);
  };
  const output = () => Buffer.concat(chunks).toString('utf8');
  return {
    pid,
    url,
    exited,
    output,
    ageMs: () => performance.now() - startedAt,
    inspect: async () => {
      child.kill('SIGUSR1');
      const found = await waitUntil(
        'the inspector',
        () => /Debugger listening on (ws:\S+)/.exec(output())?.[1],
      );
      return connectInspector(found);
    },
    peakMb: () => peakMbOf(pid),
    waitForOutput: async (words, timeoutMs) => {
      const isInOutput = () =>
        typeof words === 'string' ? output().includes(words) : words.test(output());
      await waitUntil(`the words ${words}`, isInOutput, { timeoutMs }).catch((error: Error) => {
        throw new Error(`${error.message}; last output:\n${output().slice(-SHOWN_OUTPUT)}`);
      });
    },
    stop: endBy('SIGTERM'),
    kill9: endBy('SIGKILL'),
  };
}

function peakMbOf(pid: number): number | undefined {
  try {
    const kb = /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return kb === undefined ? undefined : Number(kb) / 1024;
  } catch {
    return undefined;
  }
}
