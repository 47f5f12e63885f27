import { MutationObserver } from '@tanstack/react-query';
import { describe, expect, it } from 'vitest';
import { HttpClientError } from '../http_client_error.ts';
import { createQueryClient, shouldRetry } from './query_client.ts';

const refused = (status: number) => new HttpClientError('request_failed', 'no', { status });

describe('the repetition of a failed query', () => {
  it.each([
    ['a missing response', new HttpClientError('server_unreachable', 'no')],
    ['a failed server', refused(503)],
  ])('ends after two retries for %s', (_what, error) => {
    expect([0, 1, 2].map((failures) => shouldRetry(failures, error))).toEqual([true, true, false]);
  });

  it.each([
    ['a refusal', refused(403)],
    ['an ended session', refused(401)],
    ['a response of another form', new HttpClientError('invalid_response', 'no', { status: 200 })],
    ['a deadline that passed', new HttpClientError('server_timeout', 'no', { timeoutMs: 1 })],
    ['an error of the page', new TypeError('x')],
  ])('does not happen for %s', (_what, error) => {
    expect(shouldRetry(0, error)).toBe(false);
  });
});

it('the query client forgets the input of a mutation when its form is closed', async () => {
  const client = createQueryClient();
  const form = new MutationObserver(client, { mutationFn: async (password: string) => password });
  const close = form.subscribe(() => undefined);
  await form.mutate('secret');
  close();
  await new Promise((resolve) => setTimeout(resolve));
  expect(client.getMutationCache().getAll()).toEqual([]);
});
