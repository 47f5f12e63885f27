import { ManualClock } from '@latchkey/core/server/mocks';
import { beforeEach, describe, expect, it } from 'vitest';
import { WaitingClients } from './waiting_clients.ts';

let clock: ManualClock;
let clients: WaitingClients;
beforeEach(() => {
  clock = new ManualClock();
  clients = new WaitingClients(clock);
});

/** Lets requests of these addresses wait. Resolves to the number of requests that were refused. */
const flood = async (addresses: readonly string[]): Promise<number> => {
  let refused = 0;
  for (const address of addresses)
    void clients.wait(address, 10_000).then((waited) => {
      if (!waited) refused += 1;
    });
  await new Promise((resolve) => setImmediate(resolve));
  return refused;
};
const hex = (n: number) => n.toString(16);
/** Addresses: three requests for every /64 of an IPv6 /56. */
const ipv6Network = (prefix: string) =>
  Array.from({ length: 768 }, (_, n) => `${prefix}${hex(n % 256).padStart(2, '0')}::1`);
const isHeld = async (address: string): Promise<boolean> => {
  const waited = clients.wait(address, 1);
  await clock.advance(2);
  return waited;
};

describe('the places of requests that wait for their turn', () => {
  it.each([
    ['an IPv6 /56', ipv6Network('2001:db8:0:10'), 25],
    ['an IPv4 /24', Array.from({ length: 768 }, (_, n) => `198.51.100.${n % 256}`), 25],
    [
      'an IPv6 /48',
      Array.from({ length: 1024 }, (_, n) => `2001:db8:0:${hex((n % 256) * 256)}::1`),
      50,
    ],
    ['an IPv6 /32', Array.from({ length: 1024 }, (_, n) => `2001:db8:${hex(n)}::1`), 125],
    [
      'an IPv4 /8',
      Array.from({ length: 4096 }, (_, n) => `198.${n % 256}.${Math.floor(n / 256)}.1`),
      250,
    ],
  ])(
    'cannot all be taken by %s, and are free again after the wait',
    async (_network, addresses, places) => {
      expect(await flood(addresses)).toBe(addresses.length - places);
      expect(await isHeld('203.0.113.9')).toBe(true);
      expect(await isHeld(addresses[0] ?? '')).toBe(false);
      await clock.advance(10_000);
      expect(await isHeld(addresses[0] ?? '')).toBe(true);
    },
  );

  it('are limited to three for one address', async () => {
    expect(await flood(Array.from({ length: 5 }, () => '203.0.113.9'))).toBe(2);
  });

  it('are limited in total', async () => {
    const addresses = Array.from({ length: 2000 }, (_, n) => `${1 + (n % 200)}.${n % 256}.0.1`);
    expect(await flood(addresses)).toBe(1500);
  });
});
