import { describe, expect, it } from 'vitest';
import { requestIdOf } from './http_response.ts';

describe('the request id of a response', () => {
  it('is the last id, without spaces around it, if the header is a list', () => {
    expect(requestIdOf(new Headers({ 'x-cloud-request-id': 'proxy-1 ,  ears-2 ' }))).toBe('ears-2');
  });

  it('comes from the header of the provider rather than from a general header', () => {
    const headers = new Headers({ 'x-request-id': 'general', 'x-ms-request-id': 'specific' });
    expect(requestIdOf(headers)).toBe('specific');
  });

  it.each(['', ' , ', 'has space', '<script>', 'x'.repeat(129)])('is undefined for %o', (value) => {
    expect(requestIdOf(new Headers({ 'x-request-id': value }))).toBeUndefined();
  });
});
