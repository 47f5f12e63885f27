import { afterEach, describe, expect, it } from 'vitest';
import { anAuthenticatedUser } from '../http/principal.mock.ts';
import { createRouterHarness, type RouterHarness } from '../http/router_harness.mock.ts';
import { ManualClock } from '../time/manual_time.mock.ts';
import { OpsMetrics } from './ops_metrics.ts';
import { registerStatusRoute } from './status_route.ts';
import { StatusService } from './status_service.ts';
import type { StatusLevel } from './types.ts';

let harness: RouterHarness;
const clock = new ManualClock();
afterEach(() => harness.close());

const at = (level: StatusLevel) => () => ({ level, summary: `is ${level}` });

function statusAt(level: StatusLevel): void {
  harness = createRouterHarness();
  const status = new StatusService(clock);
  status.registerCore('savedObjects', at(level));
  status.setup.register('actions', at('available'));
  registerStatusRoute(harness.http, {
    status,
    identity: { name: 'n', uuid: 'u', version: '1.2.3' },
    metrics: new OpsMetrics(() => clock.now()),
    connections: async () => 3,
  });
}

const ask = (query = '', user = anAuthenticatedUser()) =>
  harness.inject({ method: 'GET', url: `/api/status${query}`, user });

describe('GET /api/status', () => {
  it.each([
    ['available', 200],
    ['degraded', 200],
    ['unavailable', 503],
  ] as const)('responds for the level %s with %i', async (level, code) => {
    statusAt(level);
    const response = await ask();
    const service = { level, summary: `is ${level}`, meta: {} };
    expect(response.status).toBe(code);
    expect(response.body).toMatchObject({
      name: 'n',
      uuid: 'u',
      status: {
        overall: { level, meta: {} },
        core: { elasticsearch: service, savedObjects: service },
        plugins: { actions: { level: 'available', meta: {} } },
      },
    });
  });

  it('contains Kibana’s API version, which clients check, and separately the version of the server', async () => {
    statusAt('available');
    expect((await ask()).body).toMatchObject({
      version: {
        number: '9.4.0',
        build_hash: expect.stringMatching(/^[0-9a-f]{40}$/),
        build_number: expect.any(Number),
        build_snapshot: false,
        build_flavor: 'traditional',
        build_date: expect.any(String),
      },
      latchkey: { version: '1.2.3' },
    });
  });

  it('contains figures of the process under Kibana’s names', async () => {
    statusAt('available');
    expect((await ask()).body).toMatchObject({
      metrics: {
        last_updated: new Date(clock.now()).toISOString(),
        collection_interval_in_millis: 5000,
        process: { pid: process.pid, memory: { heap: { used_in_bytes: expect.any(Number) } } },
        os: { load: { '1m': expect.any(Number) }, memory: { free_in_bytes: expect.any(Number) } },
        elasticsearch_client: { totalActiveSockets: 0 },
        concurrent_connections: 3,
      },
    });
  });

  it.each([
    ['available', 'green'],
    ['degraded', 'yellow'],
    ['unavailable', 'red'],
  ] as const)('returns the level %s as %s in the format of Kibana 7', async (level, state) => {
    statusAt(level);
    const { body } = await ask('?v7format=true');
    expect(body).toMatchObject({
      version: { number: '9.4.0' },
      status: {
        overall: { state, nickname: expect.any(String) },
        statuses: [
          { id: 'core:elasticsearch@9.4.0', state, message: `is ${level}` },
          { id: 'core:savedObjects@9.4.0', state },
          { id: 'plugin:actions@9.4.0', state: 'green' },
        ],
      },
      metrics: { requests: { total: 0 } },
    });
    const { status } = body as { status: unknown };
    expect((await ask('?v8format=false')).body).toMatchObject({ status });
  });

  it('refuses a request for two formats', async () => {
    statusAt('available');
    const both = await ask('?v7format=true&v8format=true');
    expect(both.status).toBe(400);
    expect(both.text).toContain('Provide only one format');
    expect((await ask('?v8format=true&v7format=false&cache=1')).body).toMatchObject({
      status: { overall: { level: 'available' } },
    });
  });

  it('contains only the overall level for callers without credentials or without a role', async () => {
    statusAt('degraded');
    for (const query of ['', '?v7format=true']) {
      for (const user of [null, anAuthenticatedUser({ roles: [] })]) {
        const response = await harness.inject({ method: 'GET', url: `/api/status${query}`, user });
        expect(response.body).toEqual({ status: { overall: { level: 'degraded' } } });
      }
    }
  });
});

describe('the process figures', () => {
  it('count responses and average those of the last complete window of five seconds', async () => {
    harness = createRouterHarness();
    const time = new ManualClock();
    const metrics = new OpsMetrics(() => time.now());
    metrics.observe(200, 0.01);
    metrics.observe(503, 0.03);
    expect(metrics.report(0).response_times).toEqual({ avg_in_millis: 0, max_in_millis: 0 });
    await time.advance(5_000);
    expect(metrics.report(0)).toMatchObject({
      response_times: { avg_in_millis: 20, max_in_millis: 30 },
      requests: { total: 2, status_codes: { '200': 1, '503': 1 } },
    });
    await time.advance(10_000);
    expect(metrics.report(0).response_times).toEqual({ avg_in_millis: 0, max_in_millis: 0 });
  });
});
