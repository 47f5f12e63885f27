/**
 * Measures requests per second on loopback: axios with its own adapter, axios on egress,
 * egress.fetch, and undici alone. Run: npm run bench -- egress [--json]
 */
import http from 'node:http';
import { createEgress } from '@latchkey/egress';
import axios from 'axios';
import { Agent } from 'undici';
import { startRole } from './processes/role.ts';

const ROUND_MS = 1200;
const CONCURRENCY = [1, 16] as const;

interface Row {
  readonly client: string;
  readonly concurrency: number;
  readonly perSecond: number;
}

// The service runs in a separate process, so that only the CPU time of the client is measured.
const upstream = startRole<'listen', string>('upstream');
await measureAll(await upstream.ask('listen'));
await upstream.stop();

async function measureAll(origin: string): Promise<void> {
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
