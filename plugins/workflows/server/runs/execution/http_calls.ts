import type { ActionsStart, DeferredUser, ExecutionResult } from '@latchkey/actions-plugin/server';
import type { CallResult, StepCall } from '@latchkey/workflow-engine';
import { isRecord } from '@latchkey/workflow-language';
import { z } from 'zod';

/** Connector type with which the server sends requests without a connector. */
const HTTP_SYSTEM = '.http-system';
/**
 * Keys of `with` that are used for the request. The check of workflows warns authors that other
 * keys are ignored.
 */
const KEYS = ['url', 'method', 'headers', 'query', 'body'] as const;

const response = z.object({
  status: z.number(),
  statusText: z.string(),
  headers: z.record(z.string(), z.string()),
});

/** Dependencies of {@link callHttp}. */
export interface HttpCallDeps {
  readonly actions: Pick<ActionsStart, 'executeSystemAction'>;
  /** The user of the run. */
  readonly as: DeferredUser;
}

/**
 * Sends the request of an `http` step without a connector. The request has no credentials and can
 * only go to an allowed host. A status of 400 or more fails the step, with the response in the
 * details of the error.
 */
export async function callHttp(
  { actions, as }: HttpCallDeps,
  { input, maxOutputBytes }: StepCall,
  signal: AbortSignal,
): Promise<CallResult> {
  if (typeof input['url'] !== 'string' || input['url'] === '')
    return failed('The step needs `url`, or a `connector-id` with a `path`.');
  const result = await actions.executeSystemAction(as, {
    connectorTypeId: HTTP_SYSTEM,
    params: { ...paramsOf(input, maxOutputBytes), url: urlOf(input['url'], input['path']) },
    signal,
  });
  if (result.status === 'error') return failureOf(result);
  const { status, statusText, headers } = response.parse(result.data);
  if (status < 400) return { kind: 'completed', output: result.data };
  const details = isRecord(result.data) ? result.data : {};
  const message = `HTTP request failed: [${status}] ${statusText}`.trim();
  return {
    kind: 'failed',
    error: { type: 'ConnectorExecutionError', message, details },
    ...retryAtOf(headers['retry-after']),
  };
}

/**
 * Appends a path to the URL, as a connector with a base URL does. A text that is not a URL is
 * returned unchanged.
 */
function urlOf(url: string, path: unknown): string {
  if ((typeof path !== 'string' && typeof path !== 'number') || path === '' || !URL.canParse(url))
    return url;
  const joined = new URL(url);
  const [below = '', ...query] = String(path).split('?');
  joined.pathname = `${joined.pathname.replace(/\/$/, '')}/${below.replace(/^\//, '')}`;
  if (query.length > 0)
    joined.search = [joined.search.slice(1), query.join('?')]
      .filter((part) => part !== '')
      .join('&');
  return joined.href;
}

function paramsOf(input: StepCall['input'], maxOutputBytes: number) {
  const given = Object.fromEntries(
    KEYS.flatMap((key) => (input[key] === undefined ? [] : [[key, input[key]]])),
  );
  const headers = isRecord(given['headers'])
    ? {
        headers: Object.fromEntries(
          Object.entries(given['headers']).map(([name, value]) => [name, String(value)]),
        ),
      }
    : {};
  const fetcher = isRecord(input['fetcher']) ? input['fetcher'] : {};
  const limit = fetcher['max_content_length'];
  return {
    ...given,
    ...headers,
    fetcher: {
      ...fetcher,
      max_content_length:
        typeof limit === 'number' ? Math.min(limit, maxOutputBytes) : maxOutputBytes,
    },
  };
}

function failureOf({ serviceMessage, message, retry }: ExecutionResult): CallResult {
  const result = failed(serviceMessage ?? message ?? 'The request could not be sent.');
  return typeof retry === 'string' ? { ...result, retryAt: new Date(retry) } : result;
}

/**
 * The instant that a `Retry-After` header in seconds names. Dates in the header are ignored; then
 * the retry policy of the step applies.
 */
function retryAtOf(retryAfter: string | undefined): { readonly retryAt?: Date } {
  const seconds = Number(retryAfter);
  const isUsable = retryAfter !== undefined && Number.isFinite(seconds) && seconds >= 0;
  return isUsable ? { retryAt: new Date(Date.now() + seconds * 1_000) } : {};
}

function failed(message: string): Extract<CallResult, { kind: 'failed' }> {
  return { kind: 'failed', error: { type: 'ConnectorExecutionError', message } };
}
