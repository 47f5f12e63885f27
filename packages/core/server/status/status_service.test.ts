import { describe, expect, it } from 'vitest';
import { ManualClock } from '../time/manual_time.mock.ts';
import { StatusService } from './status_service.ts';
import type { StatusLevel } from './types.ts';

const at = (level: StatusLevel) => () => ({ level, summary: `is ${level}` });

describe('the status of the server', () => {
  it('is available when no check reports a problem', async () => {
    const status = new StatusService(new ManualClock());
    status.setup.register('a', at('available'));
    expect((await status.report()).overall).toEqual({
      level: 'available',
      summary: 'All services are available.',
    });
  });

  it('has the level of its worst check and names the affected checks', async () => {
    const status = new StatusService(new ManualClock());
    status.registerCore('savedObjects', at('unavailable'));
    status.setup.register('a', at('degraded'));
    status.setup.register('b', at('available'));
    expect(await status.report()).toEqual({
      overall: { level: 'unavailable', summary: 'Affected: savedObjects, a.' },
      core: { savedObjects: { level: 'unavailable', summary: 'is unavailable' } },
      plugins: {
        a: { level: 'degraded', summary: 'is degraded' },
        b: { level: 'available', summary: 'is available' },
      },
    });
  });

  it('treats a check that throws as unavailable and hides its message', async () => {
    const status = new StatusService(new ManualClock());
    status.setup.register('a', () => Promise.reject(new Error('canary')));
    status.setup.register('b', () => {
      throw new Error('canary');
    });
    const report = await status.report();
    expect([report.plugins['a']?.level, report.plugins['b']?.level]).toEqual([
      'unavailable',
      'unavailable',
    ]);
    expect(JSON.stringify(report)).not.toContain('canary');
  });

  it('waits at most 5 seconds for a check', async () => {
    const clock = new ManualClock();
    const status = new StatusService(clock);
    status.setup.register('a', () => new Promise(() => undefined));
    const report = status.report();
    await clock.advance(5050);
    expect((await report).plugins['a']?.level).toBe('unavailable');
  });

  it('refuses a name that is taken', () => {
    const status = new StatusService(new ManualClock());
    status.setup.register('a', at('available'));
    expect(() => status.setup.register('a', at('available'))).toThrow('registered twice');
  });
});
