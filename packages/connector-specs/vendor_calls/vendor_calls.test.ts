import { AxiosError, AxiosHeaders } from 'axios';
import { describe, expect, it } from 'vitest';
import { ConnectorActionError } from '../contract/errors.ts';
import { mapBatches, mapConcurrently, toVendorError } from './index.ts';

const anAxiosError = (status: number, data: unknown, headers = {}): AxiosError => {
  const config = { headers: new AxiosHeaders({ Authorization: 'Bearer dev-canary' }) };
  const response = { status, data, headers, statusText: '', config };
  return new AxiosError('failed', 'ERR', config, {}, response);
};

const reasonOf = (body: unknown): string | undefined =>
  typeof body === 'object' && body !== null && 'reason' in body ? String(body.reason) : undefined;

const translated = (error: unknown): ConnectorActionError => {
  const result = toVendorError(error, 'Sample API', reasonOf);
  if (!(result instanceof ConnectorActionError)) throw new Error('the error was not translated');
  return result;
};

describe('the error for a failed call of a service', () => {
  it('contains status, reason and Retry-After', () => {
    const error = translated(anAxiosError(429, { reason: 'rateLimit' }, { 'retry-after': '7' }));
    expect(error.message).toBe('Sample API error (429): rateLimit');
    expect(error).toMatchObject({ status: 429, reason: 'rateLimit', retryAfterMs: 7_000 });
  });

  it('E64: contains neither request nor response', () => {
    const error = translated(anAxiosError(403, { reason: 'no', echo: 'Bearer dev-canary' }));
    expect(JSON.stringify([error, error.stack, error.cause, { ...error }])).not.toContain('canary');
  });

  it.each(['Bearer dev-canary', 'a b', 'x'.repeat(65)])(
    'does not contain the reason %o, which is not a code',
    (reason) => {
      expect(translated(anAxiosError(400, { reason })).message).toBe('Sample API error (400)');
    },
  );

  it('contains the reason of a body that consists of bytes', () => {
    const bytes = Buffer.from('{"reason":"gone"}');
    const arrayBuffer = new Uint8Array(bytes).buffer;
    for (const data of [bytes, arrayBuffer, bytes.toString()]) {
      expect(translated(anAxiosError(404, data)).reason).toBe('gone');
    }
    expect(translated(anAxiosError(502, '<html>')).reason).toBeUndefined();
  });

  it('is the thrown error itself when no response of the service caused it', () => {
    for (const error of [new Error('x'), new AxiosError('no response'), undefined]) {
      expect(toVendorError(error, 'Sample API', reasonOf)).toBe(error);
    }
  });
});

describe('concurrent calls of a service', () => {
  it('return their results in order and do not exceed the limit', async () => {
    let running = 0;
    let highest = 0;
    const doubled = await mapConcurrently([5, 1, 4, 2, 3], 2, async (n) => {
      running += 1;
      highest = Math.max(highest, running);
      for (let turn = 0; turn < n; turn += 1) await Promise.resolve();
      running -= 1;
      return n * 2;
    });
    expect(doubled).toEqual([10, 2, 8, 4, 6]);
    expect(highest).toBe(2);
  });

  it('stop after the first failure', async () => {
    const begun: number[] = [];
    const attempt = mapConcurrently([1, 2, 3, 4], 1, async (n) => {
      begun.push(n);
      if (n === 2) throw new Error('two');
      return n;
    });
    await expect(attempt).rejects.toThrow('two');
    expect(begun).toEqual([1, 2]);
  });

  it('are made for batches of at most the given size', async () => {
    const batches: (readonly number[])[] = [];
    const size = async (batch: readonly number[]) => batches.push(batch);
    await mapBatches([1, 2, 3, 4, 5], { size: 2, concurrency: 1 }, size);
    await mapBatches([], { size: 2, concurrency: 1 }, size);
    expect(batches).toEqual([[1, 2], [3, 4], [5]]);
  });
});
