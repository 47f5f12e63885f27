import type { Agent } from 'undici';
import { afterEach, describe, expect, it } from 'vitest';
import type { Route } from '../guard/index.ts';
import { type CallTls, Dispatchers } from './dispatchers.ts';

const ROUTE: Route = {
  realOrigin: 'https://api.example.test',
  origin: 'https://api.example.test',
  host: 'api.example.test',
  isEmulator: false,
};

const made: Dispatchers[] = [];

function someDispatchers(): Dispatchers {
  const dispatchers = new Dispatchers({
    lookup: () => {},
    verificationMode: 'full',
    hostTls: new Map(),
    proxy: undefined,
  });
  made.push(dispatchers);
  return dispatchers;
}

function withCertificate(name: string): CallTls {
  return { clientCertificate: { certificate: `cert ${name}`, key: `key ${name}` } };
}

afterEach(async () => {
  await Promise.all(made.splice(0).map((one) => one.destroy()));
});

describe('the connection pools of egress', () => {
  it('are shared by origins with the same connection options', () => {
    const dispatchers = someDispatchers();
    const other = { ...ROUTE, realOrigin: 'https://b.example', origin: 'https://b.example' };
    expect(dispatchers.get(ROUTE)).toBe(dispatchers.get(other));
    expect(dispatchers.get(ROUTE)).toBe(dispatchers.get(ROUTE, {}));
  });

  it('F74: are separate for calls with different client certificates, keys or verification modes', () => {
    const dispatchers = someDispatchers();
    const certificate = 'cert';
    const pools = [
      dispatchers.get(ROUTE),
      dispatchers.get(ROUTE, { verificationMode: 'none' }),
      dispatchers.get(ROUTE, { clientCertificate: { certificate, key: 'a' } }),
      dispatchers.get(ROUTE, { clientCertificate: { certificate, key: 'b' } }),
      dispatchers.get(ROUTE, { clientCertificate: { certificate: 'other', key: 'a' } }),
      dispatchers.get({ ...ROUTE, realOrigin: 'https://real.example', isEmulator: true }),
    ];
    expect(new Set(pools).size).toBe(pools.length);
  });

  it('G107: are limited in number, and the least recently used pool is closed', () => {
    const dispatchers = someDispatchers();
    const first = dispatchers.get(ROUTE, withCertificate('first'));
    const usual = dispatchers.get(ROUTE);
    for (let index = 0; index < 63; index += 1) dispatchers.get(ROUTE, withCertificate(`${index}`));
    expect((first as Agent).closed).toBe(true);
    expect(dispatchers.get(ROUTE, withCertificate('first'))).not.toBe(first);
    expect((usual as Agent).closed).toBe(true);
    expect(dispatchers.get(ROUTE)).not.toBe(usual);
  });
});
