import type { EgressRequest, EgressResponse } from '@latchkey/egress';
import { vi } from 'vitest';
import type { ActionContext } from '../contract/types.ts';

/** A response of the API in a test. A body that is an object is sent as JSON. */
export interface SampleResponse {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string | string[]>>;
  readonly body?: unknown;
  /** URL to which the request is redirected. Absent: the request is not redirected. */
  readonly url?: string;
  /** Method of the request after the redirect. Default: that of the request. */
  readonly method?: string;
}

/**
 * A context whose requests get the given responses in turn, and the last one from then on. A
 * response that is an Error is thrown.
 */
export const aContext = (
  responses: readonly (SampleResponse | Error)[],
  parts: Partial<ActionContext> = {},
): { readonly context: ActionContext; readonly sent: EgressRequest[] } => {
  const sent: EgressRequest[] = [];
  const log = { debug() {}, info() {}, warn() {}, error() {} };
  const request: ActionContext['request'] = async ({ onRedirect, ...egressRequest }) => {
    const response = responses[Math.min(sent.length, responses.length - 1)] ?? {};
    sent.push(egressRequest);
    if (response instanceof Error) throw response;
    if (response.url !== undefined) {
      const { method = egressRequest.method ?? 'GET' } = response;
      onRedirect?.(new URL(response.url), method);
    }
    return toResponse(String(egressRequest.url), response);
  };
  const context: ActionContext = {
    request,
    get client(): never {
      throw new Error('operations do not use axios');
    },
    config: {},
    grant: {},
    secrets: { authType: 'bearer' },
    credentialHeaders: ['authorization'],
    log,
    signal: new AbortController().signal,
    ...parts,
  };
  return { context, sent };
};

const toResponse = (
  url: string,
  { status = 200, headers = {}, body = {}, ...rest }: SampleResponse,
): EgressResponse => ({
  status,
  statusText: '',
  headers,
  body: Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)),
  data: body,
  url: rest.url ?? url,
});

/** Runs a call with the fake timers of a test, so that its waits end immediately. */
export const settled = async <T>(call: Promise<T>): Promise<T> => {
  const outcome = call.then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  );
  await vi.runAllTimersAsync();
  const result = await outcome;
  if ('error' in result) throw result.error;
  return result.value;
};
