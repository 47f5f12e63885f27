import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createHostCheck, isLoopbackHost } from './host_names.ts';

const serves = (host: string | undefined, over: object = {}) =>
  createHostCheck({
    host: '0.0.0.0',
    publicBaseUrl: 'https://Latchkey.example.com:8443/base',
    trustedHostNames: ['inner.example', '198.51.100.7', '2001:db8::7'],
    ...over,
  })({ host, localAddress: '::ffff:192.0.2.1' });

describe('the host check', () => {
  it.each([
    ['the public address', 'latchkey.example.com:8443'],
    ['the public address in capitals and without its port', 'LATCHKEY.example.com'],
    ['a name with a trailing dot', 'latchkey.example.com.'],
    ['a configured name, with any port', 'inner.example:1'],
    ['a configured IPv4 address', '198.51.100.7'],
    ['a configured IPv6 address', '[2001:db8::7]:5601'],
    ['the local address of the request', '192.0.2.1:5601'],
    ['localhost', 'localhost:5601'],
    ['a name below localhost', 'app.localhost'],
    ['IPv4 loopback', '127.0.0.1:5601'],
    ['IPv6 loopback', '[::1]:5601'],
    ['a request without a host, as HTTP/1.0 allows', undefined],
  ])('serves %s', (_, host) => {
    expect(serves(host)).toBe(true);
  });

  it.each([
    ['a foreign name', 'evil.example:5601'],
    ['a name that ends like the public host', 'evil-latchkey.example.com'],
    ['a name that begins like the public host', 'latchkey.example.com.evil.example'],
    ['another address', '203.0.113.9'],
    ['a name before an @', 'evil.example@localhost'],
    ['a host name with a path', 'localhost/evil.example'],
    ['an empty host name', ''],
    ['a port without a host name', ':5601'],
    ['characters that no host name contains', 'local host'],
  ])('refuses %s', (_, host) => {
    expect(serves(host)).toBe(false);
  });

  it('accepts the configured host name', () => {
    expect(serves('box.example', { host: 'box.example' })).toBe(true);
  });

  it('accepts only loopback names and its own address when no name is configured', () => {
    const nothing = { publicBaseUrl: undefined, trustedHostNames: [] };
    expect(serves('latchkey.example.com', nothing)).toBe(false);
    expect(serves('192.0.2.1', nothing)).toBe(true);
  });

  it('never throws, whatever the header contains', () => {
    fc.assert(fc.property(fc.string(), (host) => void serves(host)));
  });
});

describe('the check for loopback hosts', () => {
  it('does not accept a name that only begins like a loopback address', () => {
    expect(isLoopbackHost('127.0.0.1.evil.example')).toBe(false);
    expect(isLoopbackHost('notlocalhost')).toBe(false);
  });
});
