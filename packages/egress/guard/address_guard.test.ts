import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { classifyAddress } from './address_guard.ts';

describe('the classification of an address', () => {
  it.each([
    '93.184.216.34',
    '8.8.8.8',
    '2606:4700:4700::1111',
    '64:ff9b::808:808',
    '::ffff:8.8.8.8',
  ])('is public for %s', (address) => {
    expect(classifyAddress(address)).toBe('public');
  });

  it.each([
    ['loopback', '127.0.0.1'],
    ['loopback', '127.255.255.254'],
    ['loopback of IPv6', '::1'],
    ['private', '10.0.0.1'],
    ['private', '172.31.255.255'],
    ['private', '192.168.1.1'],
    ['carrier grade NAT', '100.64.0.1'],
    ['unique local', 'fd12:3456::1'],
    ['IPv4-mapped form of a private address', '::ffff:10.0.0.1'],
    ['NAT64 form of a private address', '64:ff9b::a00:1'],
    ['6to4 form of a private address', '2002:c0a8:101::1'],
    ['ISATAP form of a private address', '2001:470::5efe:a00:1'],
    ['IPv4-compatible loopback', '::127.0.0.1'],
  ])('is private for an address of this kind (%s): %s', (_kind, address) => {
    expect(classifyAddress(address)).toBe('private');
  });

  it.each([
    ['link-local metadata', '169.254.169.254'],
    ['mapped metadata', '::ffff:169.254.169.254'],
    ['NAT64 of metadata', '64:ff9b::a9fe:a9fe'],
    ['6to4 of metadata', '2002:a9fe:a9fe::1'],
    ['AWS metadata v6', 'fd00:ec2::254'],
    ['AWS metadata v6, long form', 'fd00:0ec2:0000:0000:0000:0000:0000:0254'],
    ['GCP metadata v6', 'fd20:ce::254'],
    ['Alibaba metadata', '100.100.100.200'],
    ['Azure wire server', '168.63.129.16'],
    ['unspecified', '0.0.0.0'],
    ['this network', '0.1.2.3'],
    ['unspecified v6', '::'],
    ['broadcast', '255.255.255.255'],
    ['multicast', '224.0.0.1'],
    ['multicast v6', 'ff02::1'],
    ['reserved', '240.0.0.1'],
    ['documentation', '192.0.2.1'],
    ['documentation v6', '2001:db8::1'],
    ['link-local v6', 'fe80::1'],
    ['link-local v6 with zone', 'fe80::1%eth0'],
    ['local NAT64', '64:ff9b:1::808:808'],
    ['teredo', '2001:0:4136:e378:8000:63bf:3fff:fdd2'],
    ['no address at all', 'example.com'],
    ['an empty string', ''],
  ])('C42: is forbidden for %s: %s', (_kind, address) => {
    expect(classifyAddress(address)).toBe('forbidden');
  });

  it('C42: is the same for an IPv4 address in every IPv6 embedding', () => {
    const octet = fc.nat({ max: 255 });
    fc.assert(
      fc.property(octet, octet, octet, octet, (a, b, c, d) => {
        const bare = classifyAddress(`${a}.${b}.${c}.${d}`);
        const hex = [a, b, c, d].map((part) => part.toString(16).padStart(2, '0'));
        const [high, low] = [`${hex[0]}${hex[1]}`, `${hex[2]}${hex[3]}`];
        expect(classifyAddress(`::ffff:${a}.${b}.${c}.${d}`)).toBe(bare);
        expect(classifyAddress(`::ffff:${high}:${low}`)).toBe(bare);
        expect(classifyAddress(`64:ff9b::${high}:${low}`)).toBe(bare);
        expect(classifyAddress(`2002:${high}:${low}::`)).toBe(bare);
      }),
    );
  });
});
