import { describe, expect, it } from '@jest/globals';
import { requestIdOf } from './request_id.ts';

describe('requestIdOf', () => {
  it('takes the last of a list, trimmed', () => {
    expect(requestIdOf(new Headers({ 'x-cloud-request-id': 'proxy-1 ,  ears-2 ' }))).toBe('ears-2');
  });

  it('prefers the more specific header', () => {
    const headers = new Headers({ 'x-request-id': 'general', 'x-ms-request-id': 'specific' });
    expect(requestIdOf(headers)).toBe('specific');
  });

  it.each(['', ' , ', 'has space', '<script>', 'x'.repeat(129)])('ignores %p', (value) => {
    expect(requestIdOf(new Headers({ 'x-request-id': value }))).toBeUndefined();
  });
});
