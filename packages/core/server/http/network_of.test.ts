import { describe, expect, it } from 'vitest';
import { networkOf, operatorNetworkOf, routingPrefixesOf } from './network_of.ts';

describe('the network of a client', () => {
  it.each([
    ['192.0.2.1', '192.0.2.1'],
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['2001:DB8:1:2:0:0:0:3', '2001:db8:1:2::'],
    ['fe80::1%eth0', 'fe80::'],
    ['192.0.2.1:50123', '192.0.2.1'],
    ['[2001:db8:1:2::3]:50123', '2001:db8:1:2::'],
    ['[2001:db8:1:2::3]', '2001:db8:1:2::'],
    ['unknown', 'unknown'],
    ['a text that is not an address', 'unknown'],
    ['192.0.2.1:50123:1', 'unknown'],
  ])('for the address %s is %s', (address, network) => {
    expect(networkOf(address)).toBe(network);
  });
});

describe('the network of an operator', () => {
  it.each([
    ['192.0.2.77', '192.0.2.0'],
    ['2001:db8:1:2ff::3', '2001:db8:1:200::'],
  ])('for the address %s is %s', (address, network) => {
    expect(operatorNetworkOf(address)).toBe(network);
  });
});

describe('the routing prefixes of an address', () => {
  it.each([
    ['192.0.2.77', ['0 192.0.0.0', '1 192.0.0.0', '2 192.0.2.0']],
    ['::ffff:192.0.2.77', ['0 192.0.0.0', '1 192.0.0.0', '2 192.0.2.0']],
    ['2001:db8:1:2ff::3', ['0 2001::', '1 2001:db8::', '2 2001:db8:1::']],
  ])('for the address %s are %j', (address, prefixes) => {
    expect(routingPrefixesOf(address)).toEqual(prefixes);
  });
});
