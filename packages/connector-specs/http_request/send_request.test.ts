import { describe, expect, it } from 'vitest';
import { requestInput } from './send_request.ts';

const many = (count: number): readonly number[] => Array.from({ length: count }, (_, at) => at);

describe('the input of a request', () => {
  it('J140: has at most 1,000 query values, including those in lists', () => {
    const lists = (count: number) => Object.fromEntries(many(count).map((at) => [at, many(100)]));
    expect(requestInput.safeParse({ query: lists(10) }).success).toBe(true);
    expect(requestInput.safeParse({ query: lists(11) }).error?.issues).toMatchObject([
      { path: ['query'], message: 'has more than 1000 values' },
    ]);
  });

  it('J140: has at most 200 headers', () => {
    const headers = (count: number) =>
      Object.fromEntries(many(count).map((at) => [`x-${at}`, 'value']));
    expect(requestInput.safeParse({ headers: headers(200) }).success).toBe(true);
    expect(requestInput.safeParse({ headers: headers(201) }).error?.issues).toMatchObject([
      { path: ['headers'], message: 'has more than 200 names' },
    ]);
  });
});
