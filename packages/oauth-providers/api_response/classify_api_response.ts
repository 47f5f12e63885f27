import type { ResponseRule } from '../entry/api_rules.ts';
import type { ProviderEntry } from '../entry/provider_entry.ts';
import { type ApiResponse, valuesAt } from './api_response.ts';

/**
 * `token_rejected`: the access token is invalid, so a refresh may help. `rate_limited`: the same
 * request succeeds later. `forbidden`: the account or a scope does not permit the request.
 */
export type ApiSignal = 'token_rejected' | 'rate_limited' | 'forbidden';

/** The rules of an entry, or the rules that an administrator entered, for the signals of an API. */
export type SignalRules = Partial<
  Pick<ProviderEntry['api'], 'tokenRejected' | 'rateLimited' | 'forbidden'>
>;

/**
 * The signal of a response of the API, even of a response with the status 200.
 * @param entry `undefined`: the status alone decides (RFC 6750 §3.1, RFC 6585 §4)
 * @returns `undefined`: the response has none of the signals
 */
export function classifyApiResponse(
  entry: { readonly api: SignalRules } | undefined,
  response: ApiResponse,
): ApiSignal | undefined {
  if (entry !== undefined && isTokenRejected(entry.api, response)) return 'token_rejected';
  const { status } = response;
  // The rules for rate limits come first, because several providers send 403 both for a rate limit
  // and for a missing permission.
  if (status === 429 || matchesOne(entry?.api.rateLimited, response)) return 'rate_limited';
  if (status === 401) return 'token_rejected';
  return status === 403 || matchesOne(entry?.api.forbidden, response) ? 'forbidden' : undefined;
}

/** Returns `true` if a rule of the entry, not the status alone, says that the token is invalid. */
export function isTokenRejected({ tokenRejected }: SignalRules, response: ApiResponse): boolean {
  return matchesOne(tokenRejected, response);
}

function matchesOne(rules: readonly ResponseRule[] | undefined, response: ApiResponse): boolean {
  return rules?.some((rule) => matchesRule(rule, response)) === true;
}

/** Returns `true` if the response meets all conditions of a rule. */
export function matchesRule(
  { status, header, body }: ResponseRule,
  response: ApiResponse,
): boolean {
  if (response.status < status[0] || response.status > status[1]) return false;
  if (header !== undefined) {
    const value = response.headers[header.name];
    if (value === undefined || value === null) return false;
    if (header.equals !== undefined && String(value) !== header.equals) return false;
  }
  return body.every((condition) =>
    valuesAt(response.body, condition.path).some((value) =>
      'equals' in condition
        ? condition.equals.some((expected) => expected === value)
        : typeof value === 'string' && value.toLowerCase().includes(condition.contains),
    ),
  );
}
