import type { ProviderFailures } from '@latchkey/oauth-providers';
import {
  type FailureRule,
  type GrantAttempt,
  type GrantOperation,
  responseFailure,
  unreadableResponse,
  unsupportedTokenType,
} from './failures.ts';
import { impliedError, namedErrors, readResponse, statedError } from './http_response.ts';
import type { ProtocolIo } from './protocol_io.ts';
import { errorOfRules, knownFailures } from './provider_failures.ts';
import {
  readTokenGrant,
  type TokenGrant,
  type TokenLayout,
  tokensBesideError,
} from './token_response.ts';

/** An authorization code, and the values that its exchange must repeat. */
export interface CodeExchange {
  readonly code: string;
  readonly codeVerifier: string;
  /**
   * The redirect URI of the authorization request, unchanged (RFC 6749 §4.1.3). Not used by EARS,
   * which stores its own.
   */
  readonly redirectUri: string;
}

/** One token request of either dialect. */
export interface GrantCall {
  readonly operation: GrantOperation;
  readonly endpoint: string;
  readonly layout: TokenLayout;
  /**
   * Failures of the provider. Absent: those of the provider to which the host of the endpoint
   * belongs.
   */
  readonly providerFailures?: ProviderFailures | undefined;
  /** Failure rules of the dialect. */
  readonly failureRules: readonly FailureRule[];
  readonly send: () => Promise<Response>;
}

/**
 * Sends a token request and reads its response. Any 2xx with a usable token is a success; anything
 * else is an error.
 * @throws OAuthError
 */
export async function requestGrant(call: GrantCall, io: ProtocolIo): Promise<TokenGrant> {
  const requestedAt = io.now();
  const response = await readResponse(call.endpoint, await call.send());
  const known = knownFailures(call.endpoint, call.operation, call.providerFailures);
  const attempt: GrantAttempt = {
    operation: call.operation,
    ownRules: [...known.rules, ...call.failureRules],
    now: io.now(),
  };
  const { body, isSuccess } = response;
  const stated = statedError(body);
  const [named] = namedErrors(body, known.errorPaths);
  const reported = errorOfRules(body, known)?.reported ?? stated ?? named ?? impliedError(body);
  if (stated !== undefined || !isSuccess) {
    // A refused refresh may repeat the refresh token that was sent, so its tokens are not read.
    const mayIssue = isSuccess || call.operation === 'authorization_code';
    const tokens =
      mayIssue && body !== undefined ? tokensBesideError(body, call.layout) : undefined;
    throw responseFailure(response, reported, attempt, tokens);
  }
  if (body === undefined) throw unreadableResponse(response);
  const reading = readTokenGrant(body, call.layout, {
    requestedAt,
    isRefresh: call.operation === 'refresh_token',
  });
  switch (reading.outcome) {
    case 'grant':
      return { ...reading.grant, providerRequestId: response.providerRequestId };
    case 'unsupported_token_type':
      throw unsupportedTokenType(response, reading.issuedTokens);
    case 'unusable_token':
      throw unreadableResponse(response, reading.issuedTokens);
    case 'no_token':
      throw reported === undefined
        ? unreadableResponse(response, reading.issuedTokens)
        : responseFailure(response, reported, attempt);
  }
}
