import type { ActionsStart, DeferredUser } from '@latchkey/actions-plugin/server';
import type { CallResult, StepCall } from '@latchkey/workflow-engine';
import { isRecord } from '@latchkey/workflow-language';
import { failed, failureOf } from './call_failure.ts';

/** Connector type with which the server sends requests without a connector. */
const HTTP_SYSTEM = '.http-system';
/**
 * Keys of `with` that are used for the request. The check of workflows warns authors that other
 * keys are ignored.
 */
const KEYS = ['url', 'path', 'method', 'headers', 'query', 'body'] as const;

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
    return failed(
      'ConnectorExecutionError',
      'The step needs `url`, or a `connector-id` with a `path`.',
    );
  const { path, ...params } = httpParams({ input, maxOutputBytes });
  const result = await actions.executeSystemAction(as, {
    connectorTypeId: HTTP_SYSTEM,
    params: { ...params, url: urlOf(input['url'], path) },
    signal,
  });
  if (result.status === 'ok') return { kind: 'completed', output: result.data };
  const failure = failureOf(result);
  if (result.failedResponse === undefined || result.message === undefined) return failure;
  return { ...failure, error: { ...failure.error, message: result.message } };
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

/** The input of an `http` step as the HTTP connector accepts it, with the limit of the output. */
export function httpParams({
  input,
  maxOutputBytes,
}: Pick<StepCall, 'input' | 'maxOutputBytes'>): Readonly<Record<string, unknown>> {
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
