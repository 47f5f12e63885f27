import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ReceivedBody } from './received_body.ts';

describe('ReceivedBody', () => {
  it('returns the parts in their order, whatever their sizes', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 40_000 }), { maxLength: 8 }), (parts) => {
        const body = new ReceivedBody();
        for (const part of parts) body.append(part);
        expect(body.bytes().equals(Buffer.concat(parts))).toBe(true);
        expect(body.size).toBe(Buffer.concat(parts).length);
      }),
      { numRuns: 50 },
    );
  });

  it('J138: keeps no reference to a buffer of a socket, and at most twice the bytes of the body', () => {
    const body = new ReceivedBody();
    for (let part = 0; part < 20_000; part += 1)
      body.append(Buffer.alloc(64 * 1024).subarray(0, 1));
    expect(body.size).toBe(20_000);
    expect(body.bytes().buffer.byteLength).toBeLessThanOrEqual(40_000);
  });

  it('does not change when the buffer of a socket is written again', () => {
    const socketBuffer = Buffer.from('first');
    const body = new ReceivedBody();
    body.append(socketBuffer);
    socketBuffer.write('other');
    expect(body.bytes().toString()).toBe('first');
  });
});
