import { EgressError } from '@latchkey/egress/errors';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { defineApi } from './index.ts';
import { aContext, settled } from './operation_context.mock.ts';

const { operation } = defineApi({
  name: 'Sample API',
  baseUrl: 'https://api.sample.test/v1',
  idempotencyHeader: 'Idempotency-Key',
});
const read = { scope: 'read', description: 'Reads.', output: z.object({}) } as const;
const write = { scope: 'write', description: 'Writes.', output: z.object({}) } as const;

beforeEach(() => {
  vi.useFakeTimers({ now: new Date('2026-11-29T12:00:00Z') });
});
afterEach(() => {
  vi.useRealTimers();
});

describe('a request with a temporary failure', () => {
  const get = operation('GET /x', { ...read, input: {} });
  const post = operation('POST /x', { ...write, input: {} });
  const limited = { status: 429, headers: { 'retry-after': '2' } };
  const lost = new EgressError('connection_failed', 'lost', 'x', { responseLost: true });

  it.each([
    [limited, 2_000],
    [{ status: 503 }, 250],
    [lost, 250],
  ])('is repeated if it reads, after the wait that the vendor asks for', async (first, waitMs) => {
    const { context, sent } = aContext([first, {}]);
    const startedAt = Date.now();
    await settled(get.call(context, {}));
    expect([sent.length, Date.now() - startedAt]).toEqual([2, waitMs]);
  });

  it('is repeated at most twice', async () => {
    const { context, sent } = aContext([{ status: 503 }]);
    await expect(settled(get.call(context, {}))).rejects.toMatchObject({ status: 503 });
    expect(sent).toHaveLength(3);
  });

  it('is not repeated if the vendor asks for a long wait, and the error states the wait', async () => {
    const { context, sent } = aContext([{ status: 429, headers: { 'retry-after': '60' } }]);
    await expect(settled(get.call(context, {}))).rejects.toMatchObject({ retryAfterMs: 60_000 });
    expect(sent).toHaveLength(1);
  });

  it.each([
    [90, 120, 2],
    [90, 91, 2],
    // The repeated request would have no time for its response.
    [90, 90.5, 1],
    [90, 60, 1],
    // Waits have a bound whatever the deadline is.
    [91, 600, 1],
    [5, 4, 1],
    [5, 0, 1],
    // A short deadline leaves half of its time for the wait.
    [0.4, 1, 2],
    [0.6, 1, 1],
  ])(
    'with a wait of %i s and %d s until the deadline of the caller, is sent (number of times: %i)',
    async (waitS, leftS, times) => {
      const until = Date.now() + leftS * 1_000;
      const { context, sent } = aContext(
        [{ status: 429, headers: { 'retry-after': String(waitS) } }, {}],
        { timeLeftMs: () => until - Date.now() },
      );
      const outcome = await settled(get.call(context, {})).catch((error: unknown) => error);
      expect(sent).toHaveLength(times);
      if (times === 1) expect(outcome).toMatchObject({ retryAfterMs: waitS * 1_000 });
    },
  );

  it('is not repeated again if its waits together would exceed their limit, even before the deadline', async () => {
    const until = Date.now() + 3_600_000;
    const { context, sent } = aContext([{ status: 429, headers: { 'retry-after': '70' } }], {
      timeLeftMs: () => until - Date.now(),
    });
    const startedAt = Date.now();
    await expect(settled(get.call(context, {}))).rejects.toMatchObject({ retryAfterMs: 70_000 });
    expect([sent.length, Date.now() - startedAt]).toEqual([2, 70_000]);
  });

  it.each([limited, { status: 503 }, lost])('is not repeated if it writes', async (first) => {
    const { context, sent } = aContext([first, {}]);
    await expect(settled(post.call(context, {}))).rejects.toThrow();
    expect(sent).toHaveLength(1);
  });

  it('is repeated with the same idempotency key if it writes and has a key', async () => {
    const { context, sent } = aContext([{ status: 503 }, {}], { idempotencyKey: 'k1' });
    await settled(post.call(context, {}));
    expect(sent.map(({ headers }) => headers?.['Idempotency-Key'])).toEqual(['k1', 'k1']);
  });

  it('is repeated if it writes and did not reach the vendor, or if its declaration permits a retry', async () => {
    const refused = new EgressError('connection_failed', 'refused', 'x');
    const first = aContext([refused, {}]);
    await settled(post.call(first.context, {}));
    const put = operation('PUT /x', { ...write, input: {}, isRepeatable: true });
    const second = aContext([{ status: 502 }, {}]);
    await settled(put.call(second.context, {}));
    expect([first.sent.length, second.sent.length]).toEqual([2, 2]);
  });

  describe('for a DELETE that may be repeated', () => {
    const remove = operation('DELETE /x/{id}', {
      ...{ scope: 'destroy', description: 'Deletes.', isRepeatable: true, response: 'none' },
      input: { id: z.string() },
      output: z.object({ deleted: z.literal(true), id: z.string() }),
      confirms: { flag: 'deleted', inputs: ['id'] },
    });
    const call = (first: object, second: object) => {
      const { context } = aContext([first, second]);
      return settled(remove.call(context, { id: '7' }));
    };

    it.each([404, 410])('succeeds if the repeated request gets %d', async (status) => {
      expect(await call(lost, { status })).toEqual({ deleted: true, id: '7' });
      expect(await call({ status: 504 }, { status })).toEqual({ deleted: true, id: '7' });
    });

    it('fails if the object did not exist at the first attempt that the vendor executed', async () => {
      await expect(call({ status: 404 }, {})).rejects.toMatchObject({ status: 404 });
      for (const first of [limited, { status: 503 }])
        await expect(call(first, { status: 404 })).rejects.toMatchObject({ status: 404 });
      const refused = new EgressError('connection_failed', 'refused', 'x');
      await expect(call(refused, { status: 404 })).rejects.toMatchObject({ status: 404 });
    });

    it('says that the first attempt has probably deleted the object if the result needs a body', async () => {
      const removeAndTell = operation('DELETE /x/{id}', {
        ...{ scope: 'destroy', description: 'Deletes.', isRepeatable: true },
        input: { id: z.string() },
        output: z.object({ id: z.string() }),
      });
      const { context } = aContext([lost, { status: 404 }]);
      await expect(settled(removeAndTell.call(context, { id: '7' }))).rejects.toMatchObject({
        status: 404,
        message: expect.stringContaining('has probably deleted it'),
      });
    });
  });

  it('is not repeated if the waits of the execution exceed 30 s in total', async () => {
    const { context, sent } = aContext([{ status: 429, headers: { 'retry-after': '10' } }]);
    for (const attempts of [3, 5, 6]) {
      await expect(settled(get.call(context, {}))).rejects.toMatchObject({ status: 429 });
      expect(sent).toHaveLength(attempts);
    }
  });

  it('is not repeated after the caller aborts', async () => {
    const controller = new AbortController();
    const { context, sent } = aContext([limited, {}], { signal: controller.signal });
    const call = get.call(context, {}).catch((error: unknown) => error);
    await vi.advanceTimersByTimeAsync(1_000);
    controller.abort(new Error('too late'));
    expect(await call).toMatchObject({ code: 'vendor_error', retryAfterMs: 2_000 });
    expect(sent).toHaveLength(1);
  });
});
