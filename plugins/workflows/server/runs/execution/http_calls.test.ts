import type { ExecutionResult } from '@latchkey/actions-plugin/server';
import type { StepCall } from '@latchkey/workflow-engine';
import { describe, expect, it } from 'vitest';
import { callHttp } from './http_calls.ts';

const as = { profileUid: 'u_ana', apiKeyId: null, spaceId: 'default' };
const { signal } = new AbortController();
const RESPONSE = { status: 200, statusText: 'OK', headers: {}, data: { a: 1 } };

/** Executes an `http` step on a server that responds with this result. */
const call = async (input: StepCall['input'], result: Partial<ExecutionResult> = {}) => {
  const sent: { readonly connectorTypeId: string; readonly params: unknown }[] = [];
  const outcome = await callHttp(
    {
      actions: {
        executeSystemAction: async (_as, request) => {
          sent.push(request);
          return { connectorId: 'x', status: 'ok', data: RESPONSE, ...result };
        },
      },
      as,
    },
    {
      scopes: [],
      stepKey: 'get',
      name: 'get',
      type: 'http',
      input,
      idempotencyKey: 'k',
      maxOutputBytes: 1_000,
    },
    signal,
  );
  return { sent, outcome };
};

describe('an `http` step without a connector', () => {
  it('sends the request with the size limit of the step, and without unknown keys', async () => {
    const { sent, outcome } = await call({
      url: 'https://api.example.com/x',
      method: 'POST',
      headers: { 'x-count': 3 },
      body: { a: 1 },
      timeout: '30s',
      fetcher: { follow_redirects: false },
    });
    expect(sent).toMatchObject([
      {
        connectorTypeId: '.http-system',
        params: {
          url: 'https://api.example.com/x',
          method: 'POST',
          headers: { 'x-count': '3' },
          body: { a: 1 },
          fetcher: { follow_redirects: false, max_content_length: 1_000 },
        },
      },
    ]);
    expect(sent[0]?.params).not.toHaveProperty('timeout');
    expect(outcome).toEqual({ kind: 'completed', output: RESPONSE });
  });

  it.each([
    ['https://api.example.com/json', '8.8.8.8', 'https://api.example.com/json/8.8.8.8'],
    ['https://api.example.com/json/', '/a/b?c=d', 'https://api.example.com/json/a/b?c=d'],
    ['https://api.example.com?x=1', 'a?y=2', 'https://api.example.com/a?x=1&y=2'],
    [
      'https://api.example.com',
      '//other.example.com/',
      'https://api.example.com//other.example.com/',
    ],
    ['https://api.example.com/json', '', 'https://api.example.com/json'],
    ['https://api.example.com/json', 7, 'https://api.example.com/json/7'],
    ['no URL', 'a', 'no URL'],
  ])('joins the URL %s and the path %j to the URL %s', async (url, path, expected) => {
    const { sent } = await call({ url, path });
    expect(sent).toMatchObject([{ params: { url: expected } }]);
    expect(sent[0]?.params).not.toHaveProperty('path');
  });

  it('fails with the response in the details for a status of 400 and more', async () => {
    const failedResponse = { ...RESPONSE, status: 429, statusText: 'Too Many' };
    const retry = '2026-01-01T00:00:07.000Z';
    const message = 'HTTP request failed: [429] Too Many';
    const { outcome } = await call(
      { url: 'https://api.example.com/' },
      { status: 'error', data: undefined, message, retry, failedResponse },
    );
    expect(outcome).toMatchObject({
      kind: 'failed',
      error: {
        type: 'ConnectorExecutionError',
        message: 'HTTP request failed: [429] Too Many',
        details: failedResponse,
      },
      retryAt: new Date(retry),
    });
  });

  it('fails with the reason when the request could not be sent', async () => {
    const { outcome } = await call(
      { url: 'http://169.254.169.254/' },
      { status: 'error', data: undefined, message: 'the host is not allowed' },
    );
    expect(outcome).toMatchObject({
      kind: 'failed',
      error: { message: 'the host is not allowed' },
    });
  });

  it('fails with the type of the exceeded limit when the response is too large', async () => {
    const { outcome } = await call(
      { url: 'https://api.example.com/' },
      {
        status: 'error',
        data: undefined,
        message: 'maxContentLength size of 1000 exceeded',
        errorMeta: { contentLengthBytes: 5_000 },
      },
    );
    expect(outcome).toMatchObject({
      error: {
        type: 'StepSizeLimitExceeded',
        details: { limitBytes: 1_000, contentLengthBytes: 5_000 },
      },
    });
  });

  it('sends nothing without a URL', async () => {
    const { sent, outcome } = await call({ path: '/x' });
    expect(sent).toEqual([]);
    expect(outcome).toMatchObject({ kind: 'failed' });
  });
});
