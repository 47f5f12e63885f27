import {
  type ProviderFailureRule,
  type ProviderFailures,
  providerOfTokenHost,
} from '@latchkey/oauth-providers';
import { type FailureRule, USER_GRANTS } from './failures.ts';
import { type HttpResponse, namedError, type ReportedError } from './http_response.ts';
import type { OAuthFailureKind } from './oauth_error.ts';
import { hostOf } from './oauth_error.ts';

/** Failures of a provider's token endpoint, in the form of the failure table. */
export interface KnownFailures {
  /** Dotted paths of body fields, other than `error`, that name an error. */
  readonly errorPaths: readonly string[];
  /** Tried before the rules of the RFCs. */
  readonly rules: readonly FailureRule[];
}

const NONE: KnownFailures = { errorPaths: [], rules: [] };

/**
 * Failures of a token endpoint.
 * @param failures of the client's provider. `undefined`: of the provider to which the host of the
 * endpoint belongs, if it is known
 */
export function knownFailures(
  endpoint: string,
  failures: ProviderFailures | undefined = providerOfTokenHost(hostOf(endpoint))?.failures,
): KnownFailures {
  if (failures === undefined) return NONE;
  return { errorPaths: failures.errorPaths, rules: failures.rules.map(toFailureRule) };
}

/**
 * The error at a path of the provider that one of its rules names, and that rule. Precedes the
 * field `error`, which is a sentence at providers that have their codes elsewhere.
 */
export function errorOfRules(
  body: HttpResponse['body'],
  { errorPaths, rules }: KnownFailures,
): { readonly reported: ReportedError; readonly rule: FailureRule } | undefined {
  const reported = namedError(body, errorPaths);
  if (reported === undefined) return undefined;
  const rule = rules.find(({ when }) => when.errors?.includes(reported.error));
  return rule && { reported, rule };
}

/** The party that must act. Only `access_denied` depends on the rule. */
const KINDS: Readonly<
  Record<Exclude<ProviderFailureRule['means'], 'access_denied'>, OAuthFailureKind>
> = {
  invalid_grant: 'reauthorize',
  invalid_client: 'misconfigured',
  invalid_request: 'misconfigured',
  invalid_scope: 'misconfigured',
  rate_limited: 'transient',
  provider_unavailable: 'transient',
};

function toFailureRule({ when, means, deniedTo, reason }: ProviderFailureRule): FailureRule {
  const { operations, errors, descriptionHas } = when;
  const ofDenied = deniedTo === 'user' ? 'reauthorize' : 'misconfigured';
  const kind = means === 'access_denied' ? ofDenied : KINDS[means];
  // A client without a user cannot authorize again.
  const limitedTo = operations ?? (kind === 'reauthorize' ? USER_GRANTS : undefined);
  return {
    when: {
      ...(limitedTo === undefined ? {} : { operations: limitedTo }),
      ...(errors === undefined ? {} : { errors }),
      ...(descriptionHas === undefined ? {} : { descriptionHas }),
    },
    code: means,
    kind,
    reason,
  };
}
