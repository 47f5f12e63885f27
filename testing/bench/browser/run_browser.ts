import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Reachable } from '@latchkey/test-environment';
import { administrator } from '../environment/authorize.ts';
import { startBenchServer } from '../environment/start_bench_server.ts';
import { Samples } from '../measure/statistics.ts';
import { conditionsText, machine, say, writeResult } from '../report/conditions.ts';
import { count, table } from '../report/table.ts';
import { measurePage, startChromium } from './measure_pages.ts';
import type { Keystroke, PageLoad } from './page_observer.ts';

/** Number of concurrent requests that fill the store. */
const WRITERS = 8;

/** Size of a run. */
export interface BrowserPlan {
  readonly runs: number;
  readonly connectors: number;
}

/**
 * Measures cold loads of the page of connectors in Chromium, each in a browser without cache, and
 * keystrokes in its search. Prints tables and writes `results/<time>.json`.
 */
export async function runBrowser({ runs, connectors }: BrowserPlan): Promise<void> {
  const conditions = machine();
  say(conditionsText(conditions));
  say(`Preparing: server, ${count(connectors)} connectors …`);
  const dataFolder = await mkdtemp(join(tmpdir(), 'latchkey-browser-'));
  const server = await startBenchServer(
    { kind: 'sqlite', dataFolder },
    { 'xpack.actions.allowedHosts': ['*'] },
  );
  const browser = await startChromium();
  try {
    await createConnectors(server, connectors);
    // This load is not measured: it makes the server compile code and fill its caches.
    await measurePage(browser, server.url);
    const loads: PageLoad[] = [];
    const keystrokes: Keystroke[] = [];
    for (let run = 0; run < runs; run += 1) {
      const measured = await measurePage(browser, server.url);
      loads.push(measured.load);
      keystrokes.push(...measured.keystrokes);
    }
    say(`\n${loadTable(loads)}\n\n${keystrokeTable(keystrokes)}`);
    const result = JSON.stringify({ ...conditions, connectors, loads, keystrokes }, null, 2);
    say(`\nWritten to ${await writeResult('json', result)}`);
  } finally {
    await browser.close();
    await server.stop();
    await rm(dataFolder, { recursive: true, force: true, maxRetries: 3 });
  }
}

/**
 * Creates the connectors. Every third one is used by all users with one account, the others by each
 * user with their own account.
 */
async function createConnectors(server: Reachable, total: number): Promise<void> {
  const numbers = Array.from({ length: total }, (_, index) => index);
  const write = async (): Promise<void> => {
    for (let number = numbers.shift(); number !== undefined; number = numbers.shift()) {
      const name = `Files ${String(number).padStart(4, '0')}`;
      const own = {
        authType: 'oauth_authorization_code',
        clientId: 'bench',
        clientSecret: 'bench',
      };
      const body =
        number % 3 === 0
          ? {
              connector_type_id: '.custom_api',
              config: { url: 'https://api.example.com' },
              secrets: { authType: 'bearer', token: 'bench' },
            }
          : { connector_type_id: '.google_drive', secrets: own };
      await administrator.json(server, `POST /api/actions/connector/bench_${letters(number)}`, {
        name,
        ...body,
      });
    }
  };
  await Promise.all(Array.from({ length: WRITERS }, write));
}

/**
 * Writes a number in letters, for ids. The search also covers ids, so an id must not contain the
 * digits that are typed to find names.
 */
const letters = (number: number): string =>
  String(number).replace(/\d/g, (digit) => String.fromCharCode(97 + Number(digit)));

function loadTable(loads: readonly PageLoad[]): string {
  const rows: readonly (readonly [name: string, of: (load: PageLoad) => number])[] = [
    ['first paint with content, ms', ({ firstPaintMs }) => firstPaintMs],
    ['data requested, ms', ({ dataFromMs }) => dataFromMs],
    ['data received, ms', ({ dataUntilMs }) => dataUntilMs],
    ['rows visible, ms', ({ rowsMs }) => rowsMs],
    ['CPU time of the main thread until then, ms', ({ cpuMs }) => cpuMs],
    ['CPU time of Chromium until then, ms', ({ allCpuMs }) => allCpuMs],
    ['in long tasks, ms', ({ longTasksMs }) => longTasksMs],
    ['longest task, ms', ({ longestTaskMs }) => longestTaskMs],
    ['requests', ({ requests }) => requests],
    ['received, kB', ({ receivedBytes }) => receivedBytes / 1000],
    ['response with the data, kB', ({ dataBytes }) => dataBytes / 1000],
    ['the same uncompressed, kB', ({ dataTextBytes }) => dataTextBytes / 1000],
  ];
  return table(
    [`${loads.length} cold loads`, 'median', 'worst'],
    rows.map(([name, of]) => figures(name, loads.map(of))),
  );
}

function keystrokeTable(keystrokes: readonly Keystroke[]): string {
  return table(
    [`${keystrokes.length} keystrokes`, 'median', 'worst'],
    [
      figures(
        'search field drawn, ms',
        keystrokes.map(({ inputMs }) => inputMs),
      ),
      figures(
        'rows drawn, ms',
        keystrokes.map(({ rowsMs }) => rowsMs),
      ),
      figures(
        'CPU time of the main thread, ms',
        keystrokes.map(({ cpuMs }) => cpuMs),
      ),
    ],
  );
}

function figures(name: string, values: readonly number[]): readonly string[] {
  const samples = new Samples();
  for (const value of values) samples.add(value);
  const { p50, max } = samples.distribution();
  return [name, count(p50), count(max)];
}
