import { describe, expect, it } from 'vitest';
import { trustProxyProblem } from './trust_proxy.ts';

describe('server.trustProxy in production', () => {
  it.each([
    [true],
    ['0.0.0.0/0'],
    ['10.0.0.5, ::/0'],
    [['10.0.0.5', '0.0.0.0/0']],
    ['0.0.0.0/00'],
    [['0.0.0.0/1', '128.0.0.0/1']],
    ['10.0.0.0/7'],
    ['0.0.0.0/0.0.0.0'],
    ['0.0.0.0/128.0.0.0'],
    ['2000::/3'],
    ['2001::/15'],
    ['::/16'],
    ['::ffff:0:0/96'],
    ['::ffff:10.0.0.0/97'],
    ['::ffff:0.0.0.0/80'],
    [Array.from({ length: 17 }, (_, n) => `${n + 1}.0.0.0/8`)],
  ])('refuses to trust every client or a large part of them: %j', (value) => {
    expect(trustProxyProblem(value)).toContain('addresses of the proxy');
  });

  it.each([
    [false],
    [1],
    ['10.0.0.5'],
    ['10.0.0.0/10'],
    ['10.0.0.0/255.0.0.0'],
    ['::ffff:10.0.0.0/104'],
    ['::1'],
    ['uniquelocal'],
    [['loopback', '10.0.0.0/8', '2001:db8::/32', 'fd00::/16']],
  ])('accepts %j', (value) => {
    expect(trustProxyProblem(value)).toBeUndefined();
  });
});
