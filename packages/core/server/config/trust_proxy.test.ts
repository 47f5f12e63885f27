import { describe, expect, it } from '@jest/globals';
import { trustProxyProblem } from './trust_proxy.ts';

describe('server.trustProxy in production', () => {
  it.each([[true], ['0.0.0.0/0'], ['10.0.0.5, ::/0'], [['10.0.0.5', '0.0.0.0/0']], ['0.0.0.0/00']])(
    'is refused when it believes every client: %j',
    (value) => {
      expect(trustProxyProblem(value)).toContain('addresses of the proxy');
    },
  );

  it.each([
    [false],
    [1],
    ['10.0.0.5'],
    ['10.0.0.0/10'],
    [['loopback', '10.0.0.0/8', '2001:db8::/32']],
  ])('may be %j', (value) => {
    expect(trustProxyProblem(value)).toBeUndefined();
  });
});
