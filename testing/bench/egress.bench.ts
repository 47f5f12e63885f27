/**
 * Requests per second on loopback: axios with its own adapter, axios on egress, egress.fetch, and
 * bare undici. Run: npm run bench -- egress [--json]
 */
import { fork } from 'node:child_process';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { createEgress } from '@latchkey/egress';
import axios from 'axios';
import { Agent } from 'undici';

const ROUND_MS = 1200;
const CONCURRENCY = [1, 16] as const;
const RESPONSE = JSON.stringify({ id: 'f-1', name: 'Quarterly report', labels: ['a', 'b', 'c'] });

interface Row {
  readonly client: string;
  readonly concurrency: number;
  readonly perSecond: number;
}

if (process.argv.includes('--serve')) serve();
else await measureAll();

/** Runs in a separate process, so that only the client's CPU time is measured. */
function serve(): void {
  const server = http.createServer((request, response) => {
    request.resume().on('end', () => {
      response.setHeader('content-type', 'application/json');
      response.end(RESPONSE);
    });
  });
  server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port));
  process.on('disconnect', () => process.exit());
}

async function measureAll(): Promise<void> {
  const child = fork(import.meta.filename, ['--serve']);
  const port = await new Promise<number>((resolve) =>
    child.once('message', (message) => resolve(Number(message))),
  );
  const origin = `http://127.0.0.1:${port}`;
  const headers = { Authorization: 'Bearer bench' };
  const egress = createEgress({
    allowedHosts: ['127.0.0.1'],
    dangerouslyAllowHttp: true,
    hostOverrides: {},
    customHostSettings: [],
    verificationMode: 'full',
    maxResponseBytes: 1024 * 1024,
    timeoutMs: 10_000,
  });
  const own = axios.create({
    headers,
    proxy: false,
    httpAgent: new http.Agent({ keepAlive: true }),
  });
  const onEgress = egress.createAxiosInstance({ headers });
  const undici = new Agent();
  const clients: Record<string, () => Promise<unknown>> = {
    'axios, own adapter': () => own.get(`${origin}/files`),
    'axios on egress': () => onEgress.get(`${origin}/files`),
    'axios on egress, new instance each': () =>
      egress.createAxiosInstance({ headers }).get(`${origin}/files`),
    'egress.fetch': async () => (await egress.fetch(`${origin}/files`, { headers })).json(),
    'bare undici': async () =>
      (await undici.request({ origin, path: '/files', method: 'GET', headers })).body.json(),
  };
  const rows: Row[] = [];
  for (const concurrency of CONCURRENCY) {
    for (const [client, call] of Object.entries(clients)) {
      await callsPerSecond(call, concurrency, ROUND_MS / 3);
      rows.push({
        client,
        concurrency,
        perSecond: await callsPerSecond(call, concurrency, ROUND_MS),
      });
    }
  }
  if (process.argv.includes('--json')) console.log(JSON.stringify(rows));
  else console.table(rows);
  await egress.close();
  await undici.close();
  child.disconnect();
}

async function callsPerSecond(
  call: () => Promise<unknown>,
  concurrency: number,
  durationMs: number,
): Promise<number> {
  const start = performance.now();
  let calls = 0;
  const worker = async () => {
    while (performance.now() - start < durationMs) {
      await call();
      calls += 1;
    }
  };
  await Promise.all(Array.from({ length: concurrency }, worker));
  return Math.round((calls * 1000) / (performance.now() - start));
}
