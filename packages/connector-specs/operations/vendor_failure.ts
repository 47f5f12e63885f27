import type { EgressResponse } from '@latchkey/egress';
import {
  type ApiResponse,
  type ApiSignal,
  classifyApiResponse,
  isRecord,
  type ProviderEntry,
  providers,
  readWait,
  valuesAt,
} from '@latchkey/oauth-providers';
import { authModeOf } from '../auth_types/index.ts';
import {
  ConnectorActionError,
  type FailureActor,
  setConnectorActionErrorMeta,
} from '../contract/errors.ts';
import type { ActionContext } from '../contract/types.ts';
import type { ApiDescription, ApiErrors } from './api_description.ts';
import { safeCode, safeText } from './safe_text.ts';

/** Statuses of requests that can succeed with another input. */
const INPUT_STATUSES: ReadonlySet<number> = new Set([
  400, 404, 405, 406, 409, 410, 411, 412, 413, 422,
]);

/** The definition of the provider of an API. `undefined`: the API names no provider. */
function entryOf({ provider }: Pick<ApiDescription, 'provider'>): ProviderEntry | undefined {
  return typeof provider === 'string' ? providers[provider] : provider;
}

/**
 * A response in the form that the entries of providers describe. Its body is parsed at the first
 * access.
 */
export function toApiResponse(response: EgressResponse): ApiResponse {
  return {
    status: response.status,
    headers: response.headers,
    get body() {
      return response.data;
    },
  };
}

/**
 * The error for a response that is a failure of the vendor, even with the status 200.
 * @param now time of the response, for waits that the response states as an instant
 * @returns `undefined`: the response is a success
 */
export function vendorFailureOf(
  api: ApiDescription,
  response: ApiResponse,
  call: { readonly context: Pick<ActionContext, 'secrets'>; readonly now: Date },
): ConnectorActionError | undefined {
  const entry = entryOf(api);
  const signal = classifyApiResponse(entry, response);
  const { errors = {} } = api;
  const isOk = response.status >= 200 && response.status < 300 && signal === undefined;
  if (isOk && !isFailedBody(errors, response)) return undefined;
  const reason = firstOf(errors.code, response, safeCode);
  const message =
    firstOf(errors.message, response, safeText) ??
    firstOf(errors.fieldMessages, response, fieldMessages);
  const details = firstOf(errors.details, response, detailsOf);
  const vendorMessage = safeText(
    message === undefined || details === undefined
      ? (message ?? details)
      : `${message} (${details})`,
  );
  const requestId =
    safeCode(response.headers[errors.requestIdHeader ?? '']) ??
    firstOf(errors.requestId, response, safeCode);
  const actors = errors.actors ?? {};
  const hasCode = (codes: readonly string[] = []) => reason !== undefined && codes.includes(reason);
  // A used-up plan is not a rate limit, because waiting does not help.
  const isRateLimit = signal === 'rate_limited' && !hasCode(actors.administrator);
  const isTemporary = isRateLimit || response.status >= 500 || hasCode(actors.nobody);
  const facts = { status: response.status, reason, requestId };
  const error = new ConnectorActionError(
    'vendor_error',
    messageOf(api.name, { ...facts, vendorMessage, isRateLimit }),
    {
      ...facts,
      vendorMessage,
      isRateLimit,
      retryAfterMs: isTemporary ? readWait(entry, response, call.now) : undefined,
      whoActs: isTemporary
        ? 'nobody'
        : hasCode(actors.administrator)
          ? 'administrator'
          : actorOf(response.status, signal, call.context),
    },
  );
  setConnectorActionErrorMeta(error, {
    vendorStatus: response.status,
    whoActs: error.whoActs ?? 'nobody',
    ...(reason === undefined ? {} : { vendorCode: reason }),
    ...(requestId === undefined ? {} : { requestId }),
  });
  return error;
}

/**
 * The message, for example `GitHub API error (422): invalid: Validation Failed [request 12:AB]`.
 */
function messageOf(
  api: string,
  facts: {
    readonly status: number;
    readonly reason: string | undefined;
    readonly vendorMessage: string | undefined;
    readonly requestId: string | undefined;
    readonly isRateLimit: boolean;
  },
): string {
  const { status, reason, vendorMessage, requestId, isRateLimit } = facts;
  const what = isRateLimit ? `${api} rate limit (${status})` : `${api} error (${status})`;
  const parts = [what, reason, vendorMessage].filter((part) => part !== undefined);
  return `${parts.join(': ')}${requestId === undefined ? '' : ` [request ${requestId}]`}`;
}

/**
 * The party that can correct a failure that is not temporary. A missing permission must be
 * corrected by the owner of the credentials: the user, or the administrator for shared ones.
 */
function actorOf(
  status: number,
  signal: ApiSignal | undefined,
  { secrets }: Pick<ActionContext, 'secrets'>,
): FailureActor {
  if (signal === 'token_rejected' || signal === 'forbidden') {
    return authModeOf(String(secrets['authType'] ?? 'none')) === 'per-user'
      ? 'user'
      : 'administrator';
  }
  // A response with a status below 300 reports the error in its body, and its error code means an
  // invalid input.
  return INPUT_STATUSES.has(status) || status < 300 ? 'user' : 'administrator';
}

/** Returns `true` for a body that reports an error with a status of success. */
function isFailedBody({ failedBody, hasErrorsList }: ApiErrors, response: ApiResponse): boolean {
  if (hasErrorsList === true && valuesAt(response.body, 'errors.*').length > 0) return true;
  return (
    failedBody !== undefined && valuesAt(response.body, failedBody.path)[0] === failedBody.equals
  );
}

/** Messages by field, joined to one line: `summary: is required; labels: too many`. */
function fieldMessages(value: unknown): string | undefined {
  if (!isRecord(value)) return undefined;
  const messages = Object.entries(value).flatMap(([field, texts]) =>
    [texts].flat().map((text) => (typeof text === 'string' ? `${field}: ${text}` : undefined)),
  );
  return safeText(messages.filter((message) => message !== undefined).join('; '));
}

/** A list of single errors, joined to one line: `title: missing_field; body is too long`. */
function detailsOf(value: unknown): string | undefined {
  if (!Array.isArray(value)) return undefined;
  const details = value.map((item: unknown) => {
    if (typeof item !== 'object' || item === null) return item;
    const { message, field, code } = {
      message: undefined,
      field: undefined,
      code: undefined,
      ...item,
    };
    return message ?? (field === undefined || code === undefined ? undefined : `${field}: ${code}`);
  });
  return safeText(details.filter((detail) => typeof detail === 'string').join('; '));
}

/** The first usable value at one of the paths. */
function firstOf(
  paths: readonly string[] | undefined,
  { body }: ApiResponse,
  read: (value: unknown) => string | undefined,
): string | undefined {
  for (const path of paths ?? []) {
    for (const value of valuesAt(body, path)) {
      const found = read(value);
      if (found !== undefined) return found;
    }
  }
  return undefined;
}
