import { describe, expect, it } from '@jest/globals';
import { HttpClientError } from '../http_client_error.ts';
import { shouldRetry } from './query_client.ts';

const refused = (status: number) => new HttpClientError('request_failed', 'no', { status });

describe('the repetition of a failed query', () => {
  it.each([
    ['no response', new HttpClientError('server_unreachable', 'no')],
    ['a failed server', refused(503)],
  ])('is limited to two retries after %s', (_what, error) => {
    expect([0, 1, 2].map((failures) => shouldRetry(failures, error))).toEqual([true, true, false]);
  });

  it.each([
    ['a refusal', refused(403)],
    ['an ended session', refused(401)],
    ['a response of another form', new HttpClientError('invalid_response', 'no', { status: 200 })],
    ['an error of the page', new TypeError('x')],
  ])('is skipped after %s', (_what, error) => {
    expect(shouldRetry(0, error)).toBe(false);
  });
});
