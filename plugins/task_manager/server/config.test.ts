import { describe, expect, it } from 'vitest';
import { config } from './config.ts';

describe('the configuration of the task manager', () => {
  it('has a default for every setting', () => {
    expect(config.schema.parse({})).toEqual({
      poll_interval: 3000,
      max_workers: 10,
      claim_duration: 30_000,
    });
  });

  it('accepts durations in milliseconds and in words', () => {
    expect(config.schema.parse({ poll_interval: 500, claim_duration: '5m' })).toMatchObject({
      poll_interval: 500,
      claim_duration: 300_000,
    });
  });

  it.each([
    { poll_interval: '3 seconds' },
    { poll_interval: 0 },
    { poll_interval: '2h' },
    { max_workers: 0 },
    { claim_duration: '1ms' },
    { pollInterval: 3000 },
  ])('refuses the settings %j', (input) => {
    expect(config.schema.safeParse(input).success).toBe(false);
  });
});
