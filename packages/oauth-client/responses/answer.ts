import { failedFetch } from '../failures/failed_fetch.ts';
import { isRecord } from './record.ts';
import { requestIdOf } from './request_id.ts';

/** A provider's answer, read once. Its content never goes into messages or logs. */
export interface Answer {
  readonly endpoint: string;
  readonly status: number;
  /**
   * The top-level object of a JSON or form-encoded body, whatever its content type says: a token
   * that is not read stays valid at the provider. `undefined`: anything else.
   */
  readonly body: Readonly<Record<string, unknown>> | undefined;
  readonly isHtml: boolean;
  readonly retryAfter: string | null;
  readonly providerRequestId: string | undefined;
}

/**
 * Reads a response of any status.
 * @throws OAuthError `network`, `timeout` or `malformed_response` when the body ends early or is too large
 */
export async function readAnswer(endpoint: string, response: Response): Promise<Answer> {
  let text: string;
  try {
    text = await response.text();
  } catch (error) {
    throw failedFetch(error, endpoint, 'sent');
  }
  const contentType = response.headers.get('content-type')?.toLowerCase() ?? '';
  const body = parseBody(contentType, text);
  return {
    endpoint,
    status: response.status,
    body,
    isHtml: body === undefined && contentType.includes('html'),
    retryAfter: response.headers.get('retry-after'),
    providerRequestId: requestIdOf(response.headers),
  };
}

function parseBody(contentType: string, text: string): Record<string, unknown> | undefined {
  // Some providers answer form-encoded whatever `Accept` says (GitHub), some without any type, and
  // some send JSON under the default type of their platform, which is text/html.
  if (contentType.includes('x-www-form-urlencoded')) return parseForm(text);
  return parseJsonObject(text) ?? (/^\w+=/.test(text) ? parseForm(text) : undefined);
}

/** A parse error is dropped on purpose: its message quotes the text, which may hold tokens. */
function parseJsonObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function parseForm(text: string): Record<string, unknown> {
  return Object.fromEntries(new URLSearchParams(text));
}
