import {
  type ProviderFailureRule,
  type ProviderFailures,
  providerOfTokenHost,
} from '@latchkey/oauth-providers';
import { type FailureRule, type GrantOperation, matchesError, USER_GRANTS } from './failures.ts';
import { type HttpResponse, namedErrors, type ReportedError } from './http_response.ts';
import type { OAuthFailureKind } from './oauth_error.ts';
import { hostOf } from './oauth_error.ts';

/** Failures of a provider for one kind of request, in the form of the failure table. */
export interface KnownFailures {
  /** Dotted paths of body fields, other than `error`, that name an error. */
  readonly errorPaths: readonly string[];
  /** Rules of the provider, which are tried before those of the RFCs. */
  readonly rules: readonly FailureRule[];
}

/** A request whose failures are looked up. */
type FailingRequest = GrantOperation | 'revocation';

const NONE: KnownFailures = { errorPaths: [], rules: [] };

/**
 * Failures of an endpoint.
 * @param failures those of the client's provider. `undefined`: those of the provider to which the
 *   host of the endpoint belongs, if it is known
 */
export function knownFailures(
  endpoint: string,
  request: FailingRequest,
  failures: ProviderFailures | undefined = providerOfTokenHost(hostOf(endpoint))?.failures,
): KnownFailures {
  if (failures === undefined) return NONE;
  const { errorPaths } = failures;
  const rules = failures.rules.filter((rule) => appliesTo(rule, request)).map(toFailureRule);
  return { errorPaths, rules };
}

/**
 * The first error in the fields of the provider that one of its rules names, and that rule. It is
 * used before the field `error`, which some providers fill with a sentence because they send codes
 * elsewhere. `undefined`: no rule names an error of the body.
 */
export function errorOfRules(
  body: HttpResponse['body'],
  { errorPaths, rules }: KnownFailures,
): { readonly reported: ReportedError; readonly rule: FailureRule } | undefined {
  const naming = rules.filter(({ when }) => when.errors !== undefined);
  for (const reported of namedErrors(body, errorPaths)) {
    const rule = naming.find((one) => matchesError(one, reported));
    if (rule !== undefined) return { reported, rule };
  }
  return undefined;
}

/** The party that must act, by the meaning of a rule. Only `access_denied` depends on the rule. */
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

function kindOf({ means, deniedTo }: ProviderFailureRule): OAuthFailureKind {
  if (means !== 'access_denied') return KINDS[means];
  return deniedTo === 'user' ? 'reauthorize' : 'misconfigured';
}

function appliesTo(rule: ProviderFailureRule, request: FailingRequest): boolean {
  const { operations } = rule.when;
  if (request === 'revocation') return operations === undefined;
  // A client that acts for itself has no user who could authorize again.
  const limitedTo = operations ?? (kindOf(rule) === 'reauthorize' ? USER_GRANTS : undefined);
  return limitedTo === undefined || limitedTo.includes(request);
}

function toFailureRule(rule: ProviderFailureRule): FailureRule {
  const { errors, descriptionHas } = rule.when;
  return {
    when: {
      ...(errors === undefined ? {} : { errors }),
      ...(descriptionHas === undefined ? {} : { descriptionHas }),
    },
    code: rule.means,
    kind: kindOf(rule),
    reason: rule.reason,
  };
}
