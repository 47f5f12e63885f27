import type { ApiSignal, ProviderEntry, ResponseRule } from '@latchkey/oauth-providers';
import { type Exchange, sendJson } from '../http/index.ts';
import { tokenOf } from './access_token.ts';
import { accountValues } from './account_values.ts';
import { missingHeader } from './api_headers.ts';
import { jsonWith } from './json_path.ts';
import type { ApiBody, QuirkState } from './quirk_state.ts';

/** A response of the API that reports a failure in the format of the provider. */
interface SignalResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
}

const STATUS: Readonly<Record<ApiSignal, number>> = {
  token_rejected: 401,
  rate_limited: 429,
  forbidden: 403,
};
const RULES = {
  token_rejected: 'tokenRejected',
  rate_limited: 'rateLimited',
  forbidden: 'forbidden',
} as const;

/**
 * Returns `true` if a request to the URL of the account is not the POST that the entry describes.
 */
function isWrongAccountRequest({ entry }: QuirkState, { request, url }: Exchange): boolean {
  const { account } = entry;
  if (account?.from !== 'request' || account.json === undefined) return false;
  if (URL.parse(account.url)?.pathname !== url.pathname) return false;
  const type = request.headers['content-type'];
  return request.method !== 'POST' || type?.startsWith('application/json') !== true;
}

/**
 * Serves a request of the API with the account that the token belongs to.
 * @param signal failure to report instead of a result
 * @param waitSeconds seconds to wait that a rate limit states
 */
export async function respondAsApi(
  state: QuirkState,
  exchange: Exchange,
  {
    signal,
    waitSeconds,
    now,
    apiBody = ({ account }) => Object(jsonWith(accountValues(state.entry, account))),
  }: {
    readonly signal: ApiSignal | undefined;
    readonly waitSeconds: number;
    readonly now: Date;
    readonly apiBody: ApiBody | undefined;
  },
): Promise<void> {
  const { entry, grants } = state;
  const known = grants.find(tokenOf(state, exchange) ?? '');
  const isValid = known?.kind === 'access' && known.isValid;
  const failure = isValid ? signal : 'token_rejected';
  const missing = missingHeader(state, exchange);
  if (isValid && missing !== undefined) {
    exchange.record.error = `header ${missing}`;
    return sendJson(exchange, 400, { error: `the header ${missing} is missing or wrong` });
  }
  if (isValid && isWrongAccountRequest(state, exchange)) {
    exchange.record.error = 'account request';
    return sendJson(exchange, 400, { error: 'the account is requested by POST with JSON' });
  }
  if (failure === undefined && known !== undefined) {
    const { account } = known.grant;
    exchange.record.account = account;
    return sendJson(exchange, 200, apiBody({ path: exchange.url.pathname, account }));
  }
  const { status, headers, body } = signalResponse(entry, failure ?? 'token_rejected', {
    waitSeconds,
    now,
  });
  for (const [name, value] of Object.entries(headers)) exchange.response.setHeader(name, value);
  sendJson(exchange, status, Object(body));
}

function signalResponse(
  entry: ProviderEntry,
  signal: ApiSignal,
  wait: { readonly waitSeconds: number; readonly now: Date },
): SignalResponse {
  const rule: ResponseRule | undefined = entry.api[RULES[signal]][0];
  const stated = signal === 'rate_limited' ? waitParts(entry, wait) : { headers: {}, values: {} };
  const conditions = (rule?.body ?? []).map((condition) => [
    condition.path,
    'equals' in condition ? condition.equals[0] : condition.contains,
  ]);
  const header = rule?.header;
  return {
    status: rule?.status[0] ?? STATUS[signal],
    headers: {
      ...(header === undefined ? {} : { [header.name]: header.equals ?? '1' }),
      ...stated.headers,
    },
    body: jsonWith({ ...Object.fromEntries(conditions), ...stated.values }),
  };
}

/** Returns the time to wait, in the first place and format that the entry lists. */
function waitParts(
  { api }: ProviderEntry,
  { waitSeconds, now }: { readonly waitSeconds: number; readonly now: Date },
): { readonly headers: Record<string, string>; readonly values: Record<string, unknown> } {
  const [source] = api.waits;
  if (source === undefined || source.from === 'fixed') return { headers: {}, values: {} };
  if (source.from === 'body') return { headers: {}, values: { [source.path]: waitSeconds } };
  const atMs = now.getTime() + waitSeconds * 1000;
  const text = {
    seconds: String(waitSeconds),
    http_date: new Date(atMs).toUTCString(),
    iso_time: new Date(atMs).toISOString(),
    epoch_seconds: String(Math.floor(atMs / 1000)),
    epoch_ms: String(atMs),
  }[source.format];
  return { headers: { [source.name]: text }, values: {} };
}
