import {
  answerFailure,
  type GrantAttempt,
  unreadableAnswer,
  unsupportedTokenType,
} from '../failures/answer_failure.ts';
import type { GrantOperation } from '../failures/failure_rule.ts';
import { hostOf } from '../failures/host_of.ts';
import { deviationOf } from '../failures/provider_deviations.ts';
import { type Answer, readAnswer } from '../responses/answer.ts';
import { impliedError, statedError } from '../responses/reported_error.ts';
import { readTokenGrant, type TokenLayout, tokensBesideError } from '../responses/token_grant.ts';
import type { ProtocolIo, TokenGrant } from '../types.ts';

/** One token request, whatever the dialect. */
export interface GrantCall {
  readonly operation: GrantOperation;
  readonly dialect: 'standard' | 'ears';
  readonly endpoint: string;
  readonly layout: TokenLayout;
  readonly send: () => Promise<Response>;
}

/** Sends and judges: any 2xx with a usable token succeeds, everything else is an OAuthError. @throws OAuthError */
export async function requestGrant(call: GrantCall, io: ProtocolIo): Promise<TokenGrant> {
  const response = await call.send();
  const answer = await readAnswer(call.endpoint, response);
  const attempt: GrantAttempt = {
    operation: call.operation,
    dialect: call.dialect,
    now: io.now(),
  };
  const stated = statedError(answer.body);
  const isSuccess = answer.status >= 200 && answer.status < 300;
  if (stated !== undefined || !isSuccess) {
    const { body } = answer;
    const isContradictory = isSuccess && body !== undefined;
    const tokens = isContradictory ? tokensBesideError(body, call.layout) : undefined;
    throw answerFailure(answer, stated ?? implied(answer), attempt, tokens);
  }
  return judgeSuccess(answer, call, attempt);
}

function judgeSuccess(answer: Answer, call: GrantCall, attempt: GrantAttempt): TokenGrant {
  if (answer.body === undefined) throw unreadableAnswer(answer);
  const reading = readTokenGrant(answer.body, call.layout, {
    receivedAt: attempt.now,
    isRefresh: call.operation === 'refresh_token',
  });
  switch (reading.outcome) {
    case 'grant':
      return { ...reading.grant, providerRequestId: answer.providerRequestId };
    case 'unsupported_token_type':
      throw unsupportedTokenType(answer, reading.issuedTokens);
    case 'unusable_token':
      throw unreadableAnswer(answer, reading.issuedTokens);
    case 'no_token': {
      const error = implied(answer);
      throw error === undefined
        ? unreadableAnswer(answer, reading.issuedTokens)
        : answerFailure(answer, error, attempt);
    }
  }
}

function implied(answer: Answer) {
  return impliedError(answer.body, deviationOf(hostOf(answer.endpoint))?.errorPaths ?? []);
}
