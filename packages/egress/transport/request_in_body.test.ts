import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { mayContainRequest } from './request_in_body.ts';

const REQUEST = 'GET /other HTTP/1.1\r\nHost: api.example.com\r\n\r\n';

describe('the check for a request that is hidden in a body', () => {
  it.each([
    ['a request', REQUEST],
    ['a request after empty lines', `\r\n\r\n${REQUEST}`],
    ['the beginning of a request', 'GET /other'],
    ['a text with a request', `text\n${REQUEST}`],
    ['JSON that is neither an object nor a list', `"${REQUEST}"`],
  ])('F124: is true for %s', (_, body) => {
    expect(mayContainRequest(body)).toBe(true);
    expect(mayContainRequest(Buffer.from(body))).toBe(true);
  });

  it.each([
    ['an object', JSON.stringify({ text: REQUEST })],
    ['a list', JSON.stringify([REQUEST])],
    ['a form', new URLSearchParams({ code: REQUEST }).toString()],
    ['an empty string', ''],
  ])('is false for %s', (_, body) => {
    expect(mayContainRequest(body)).toBe(false);
    expect(mayContainRequest(Buffer.from(body))).toBe(false);
  });

  it('is true for a stream, and false for an absent body', () => {
    expect(mayContainRequest(Readable.from([]))).toBe(true);
    expect(mayContainRequest(null)).toBe(false);
  });
});
