import { PassThrough, Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { isReplayableBody } from './replayable_body.ts';

describe('the check whether a body can be sent again', () => {
  it.each([
    ['an absent body', undefined],
    ['null', null],
    ['a string', '{"a":1}'],
    ['an object', { a: 1 }],
    ['a list', [1]],
    ['a Buffer', Buffer.from('a')],
    ['a typed array', new Uint8Array(2)],
    ['an ArrayBuffer', new ArrayBuffer(2)],
    ['URLSearchParams', new URLSearchParams()],
    ['FormData', new FormData()],
    ['a Blob', new Blob(['a'])],
  ])('G102: is true for %s', (_case, data) => {
    expect(isReplayableBody(data)).toBe(true);
  });

  it.each([
    ['a readable stream', Readable.from(['a'])],
    ['a duplex stream', new PassThrough()],
    ['an old-style stream', { pipe: () => {}, on: () => {} }],
    ['a web stream', new Blob(['a']).stream()],
    [
      'a generator',
      (function* () {
        yield 'a';
      })(),
    ],
    [
      'an async generator',
      (async function* () {
        yield 'a';
      })(),
    ],
  ])('G102: is false for %s', (_case, data) => {
    expect(isReplayableBody(data)).toBe(false);
  });
});
