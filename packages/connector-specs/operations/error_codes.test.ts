import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { defineApi } from './index.ts';
import { aContext } from './operation_context.mock.ts';

const BASE = 'https://api.sample.test/v1';
const { operation } = defineApi({
  name: 'Sample API',
  baseUrl: BASE,
  errors: {
    code: ['error.code'],
    failedBody: { path: 'ok', equals: false },
    actors: { administrator: ['org_blocked'], nobody: ['busy'] },
  },
});
const read = { scope: 'read', description: 'Reads.', output: z.object({}) } as const;

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** The result of a call. Its waits end immediately. */
const settled = async (call: Promise<unknown>): Promise<unknown> => {
  const result = call.catch((error: unknown) => error);
  await vi.runAllTimersAsync();
  return result;
};

describe('the error codes of failures with status 200', () => {
  const readItem = operation('GET /items', { ...read, input: {} });
  const failed = (code: string) => ({ body: { ok: false, error: { code } } });

  it('decide who must act', async () => {
    for (const [code, whoActs] of [
      ['org_blocked', 'administrator'],
      ['busy', 'nobody'],
      ['not_found', 'user'],
    ] as const) {
      const { context } = aContext([failed(code)]);
      await expect(settled(readItem.call(context, {}))).resolves.toMatchObject({ whoActs });
    }
  });

  it('cause a retry of a read only if the failure is temporary', async () => {
    const temporary = aContext([failed('busy'), { body: {} }]);
    await expect(settled(readItem.call(temporary.context, {}))).resolves.toEqual({});
    const final = aContext([failed('org_blocked'), { body: {} }]);
    await expect(settled(readItem.call(final.context, {}))).resolves.toMatchObject({
      reason: 'org_blocked',
    });
    expect(final.sent).toHaveLength(1);
  });
});

describe('messages by field', () => {
  const api = defineApi({
    name: 'Fields API',
    baseUrl: BASE,
    errors: { message: ['messages.*'], fieldMessages: ['errors'] },
  });
  const create = api.operation('POST /items', {
    scope: 'write',
    description: 'Creates.',
    input: {},
    output: z.object({}),
  });

  it.each([
    [
      { messages: [], errors: { title: 'is empty', tags: ['a', 'b', 1] } },
      'title: is empty; tags: a; tags: b',
    ],
    [{ messages: ['no'], errors: { title: 'is empty' } }, 'no'],
    [{ errors: { title: { text: 'x' } } }, undefined],
    [{ errors: ['x'] }, undefined],
    [{ errors: { token: 'Bearer dev-canary-token' } }, 'token […]'],
  ])('in %j become the message %s', async (body, vendorMessage) => {
    const failed = create.call(aContext([{ status: 400, body }]).context, {});
    expect(await settled(failed)).toMatchObject({ vendorMessage });
  });
});

describe('single errors', () => {
  const api = defineApi({
    name: 'List API',
    baseUrl: BASE,
    errors: { message: ['message'], details: ['errors'] },
  });
  const create = api.operation('POST /items', {
    scope: 'write',
    description: 'Creates.',
    input: {},
    output: z.object({}),
  });
  const long = 'a'.repeat(19);

  it.each([
    [
      { message: 'Failed', errors: [{ field: 'title', code: 'missing' }, { message: 'Too long' }] },
      'Failed (title: missing; Too long)',
    ],
    [{ message: 'Failed', errors: ['no user', 7, null, { code: 'x' }] }, 'Failed (no user)'],
    [{ errors: [{ field: 'a', code: 'b', message: 'c' }] }, 'c'],
    [{ message: 'Failed', errors: [] }, 'Failed'],
    [{ message: 'Failed', errors: { title: ['x'] } }, 'Failed'],
    [{ message: 'Failed', errors: [{ message: 'token: dev-canary' }] }, 'Failed (token […])'],
  ])('in %j are appended to the message, which becomes %s', async (body, vendorMessage) => {
    const failed = create.call(aContext([{ status: 422, body }]).context, {});
    expect(await settled(failed)).toMatchObject({ vendorMessage });
  });

  it('make the message no longer than 300 characters', async () => {
    const errors = Array.from({ length: 40 }, () => ({ message: long }));
    const body = { message: 'Failed', errors };
    const failed = create.call(aContext([{ status: 422, body }]).context, {});
    const { vendorMessage } = z.object({ vendorMessage: z.string() }).parse(await settled(failed));
    expect(vendorMessage).toMatch(/^Failed \(a+; .*…$/);
    expect(vendorMessage.length).toBeLessThanOrEqual(300);
  });
});
