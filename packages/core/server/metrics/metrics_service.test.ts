import { describe, expect, it } from 'vitest';
import { createRouterHarness } from '../http/router_harness.mock.ts';
import { registerMetricsRoute } from './metrics_route.ts';
import { MetricsService } from './metrics_service.ts';

describe('the metrics service', () => {
  it('exposes counters, histograms and gauges', async () => {
    const metrics = new MetricsService({ processMetrics: false });
    const counter = metrics.setup.counter('latchkey_refresh_total', 'Refreshes', ['outcome']);
    counter.inc({ outcome: 'ok' });
    counter.inc({ outcome: 'ok' }, 2);
    metrics.setup.histogram('latchkey_call_seconds', 'Calls').observe(0.02);
    let size = 1;
    metrics.setup.gauge('latchkey_cache_entries', 'Entries', () => size);
    size = 7;
    const { text } = await metrics.expose();
    expect(text).toContain('latchkey_refresh_total{outcome="ok"} 3');
    expect(text).toContain('latchkey_call_seconds_bucket{le="0.025"} 1');
    expect(text).toContain('latchkey_cache_entries 7');
  });

  it('refuses names that are taken or malformed', () => {
    const { setup } = new MetricsService({ processMetrics: false });
    setup.counter('latchkey_a_total', 'A');
    expect(() => setup.counter('latchkey_a_total', 'A')).toThrow('registered twice');
    expect(() => setup.counter('latchkey_a', 'A')).toThrow('does not match');
    expect(() => setup.histogram('latchkey_a_total', 'A')).toThrow('does not match');
    expect(() => setup.gauge('a', 'A', () => 1)).toThrow('does not match');
  });
});

describe('GET /metrics', () => {
  it.each([
    [false, null, 401],
    [false, undefined, 200],
    [true, null, 200],
  ])(
    'with server.metrics.public %o, responds to the user %o with %i',
    async (isPublic, user, status) => {
      const harness = createRouterHarness(user === undefined ? {} : { user });
      registerMetricsRoute(harness.http, new MetricsService(), { isPublic });
      const response = await harness.inject({ method: 'GET', url: '/metrics' });
      expect(response.status).toBe(status);
      expect(response.text.includes('process_cpu_seconds_total')).toBe(status === 200);
      await harness.close();
    },
  );

  it('responds with 403 to a user without the privilege', async () => {
    const harness = createRouterHarness({ missingPrivileges: ['monitoring:read'] });
    registerMetricsRoute(harness.http, new MetricsService(), { isPublic: false });
    expect((await harness.inject({ method: 'GET', url: '/metrics' })).status).toBe(403);
    await harness.close();
  });
});
