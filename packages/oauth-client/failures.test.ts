import { type ProviderEntry, providers } from '@latchkey/oauth-providers';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EARS_FAILURES } from './ears_dialect.ts';
import {
  classifyFailure,
  ERROR_RULES,
  type FailureObservation,
  type FailureRule,
  type GrantOperation,
  STATUS_RULES,
} from './failures.ts';
import { knownFailures } from './provider_failures.ts';
import { STANDARD_FAILURES } from './standard_dialect.ts';

const seen = (over: Partial<FailureObservation> = {}): FailureObservation => ({
  operation: 'refresh_token',
  status: 400,
  error: undefined,
  description: '',
  ...over,
});
const rulesFor = (
  host: string,
  dialect: readonly FailureRule[] = STANDARD_FAILURES,
  operation: GrantOperation = 'refresh_token',
) => [...knownFailures(`https://${host}/token`, operation).rules, ...dialect];
const classify = (
  over: Partial<FailureObservation>,
  host = 'auth.example.com',
  dialect = STANDARD_FAILURES,
) => {
  const { code, kind } = classifyFailure(seen(over), rulesFor(host, dialect, over.operation));
  return `${kind}: ${code}`;
};
/** Token hosts of the providers, each with a subdomain for a pattern. */
const KNOWN_HOSTS = Object.values<ProviderEntry>(providers).flatMap(({ token, tokenHosts }) =>
  [URL.parse(token.url)?.hostname ?? [], ...tokenHosts]
    .flat()
    .map((host) => host.replace('*', 'a')),
);
const OPERATIONS = ['authorization_code', 'refresh_token', 'client_credentials'] as const;

/**
 * Responses, each with the expected result for a refresh, a code exchange and client credentials.
 */
const MATRIX: readonly (readonly [number, string | undefined, string, string, string])[] = [
  [
    400,
    'invalid_grant',
    'reauthorize: invalid_grant',
    'reauthorize: invalid_grant',
    'misconfigured: invalid_grant',
  ],
  [
    200,
    'invalid_grant',
    'reauthorize: invalid_grant',
    'reauthorize: invalid_grant',
    'misconfigured: invalid_grant',
  ],
  [
    403,
    'invalid_token',
    'reauthorize: invalid_grant',
    'reauthorize: invalid_grant',
    'misconfigured: invalid_grant',
  ],
  [
    400,
    'interaction_required',
    'reauthorize: invalid_grant',
    'reauthorize: invalid_grant',
    'misconfigured: provider_error',
  ],
  [
    403,
    'access_denied',
    'reauthorize: access_denied',
    'reauthorize: access_denied',
    'misconfigured: access_denied',
  ],
  ...(
    [
      [401, 'invalid_client', 'misconfigured: invalid_client'],
      [400, 'invalid_client', 'misconfigured: invalid_client'],
      [400, 'unauthorized_client', 'misconfigured: invalid_client'],
      [400, 'unsupported_grant_type', 'misconfigured: invalid_request'],
      [400, 'invalid_request', 'misconfigured: invalid_request'],
      [400, 'redirect_uri_mismatch', 'misconfigured: invalid_request'],
      [400, 'invalid_scope', 'misconfigured: invalid_scope'],
      [400, 'temporarily_unavailable', 'transient: provider_unavailable'],
      [200, 'server_error', 'transient: provider_unavailable'],
      [400, 'slow_down', 'transient: rate_limited'],
      [401, undefined, 'misconfigured: invalid_client'],
      [400, undefined, 'misconfigured: provider_error'],
      [403, undefined, 'misconfigured: provider_error'],
      [404, undefined, 'misconfigured: provider_error'],
      [405, undefined, 'misconfigured: provider_error'],
      [400, 'never_heard_of', 'misconfigured: provider_error'],
      [200, 'never_heard_of', 'misconfigured: provider_error'],
      [302, undefined, 'misconfigured: redirected'],
      [408, undefined, 'transient: provider_unavailable'],
      [425, undefined, 'transient: provider_unavailable'],
      [429, 'invalid_grant', 'transient: rate_limited'],
      [500, 'invalid_grant', 'transient: provider_unavailable'],
      [503, 'invalid_client', 'transient: provider_unavailable'],
    ] as const
  ).map(([status, error, all]) => [status, error, all, all, all] as const),
];

describe('the classification of a failed token request', () => {
  it.each(MATRIX)(
    'for HTTP %i with %s, returns %s for a refresh, %s for a code and %s for client credentials',
    (status, error, refresh, exchange, client) => {
      expect(classify({ status, error })).toBe(refresh);
      expect(classify({ status, error, operation: 'authorization_code' })).toBe(exchange);
      expect(classify({ status, error, operation: 'client_credentials' })).toBe(client);
    },
  );

  it.each([
    [400, undefined, 'reauthorize: invalid_grant'],
    [400, 'invalid_grant', 'reauthorize: invalid_grant'],
    [401, 'invalid_grant', 'reauthorize: invalid_grant'],
    [401, undefined, 'misconfigured: provider_error'],
    [403, undefined, 'misconfigured: provider_error'],
    [404, undefined, 'misconfigured: provider_error'],
    [400, 'invalid_request', 'misconfigured: invalid_request'],
    [429, undefined, 'transient: rate_limited'],
    [502, 'invalid_grant', 'transient: provider_unavailable'],
  ])('for HTTP %i with %s from EARS, returns %s', (status, error, expected) => {
    expect(classify({ status, error }, 'ears.example.com', EARS_FAILURES)).toBe(expected);
  });

  it.each([
    ['github.com', 200, 'bad_refresh_token', '', 'reauthorize: invalid_grant'],
    ['github.com', 200, 'incorrect_client_credentials', '', 'misconfigured: invalid_client'],
    ['slack.com', 200, 'token_expired', '', 'reauthorize: invalid_grant'],
    ['slack.com', 200, 'invalid_refresh_token', '', 'reauthorize: invalid_grant'],
    ['slack.com', 200, 'bad_client_secret', '', 'misconfigured: invalid_client'],
    ['slack.com', 200, 'ratelimited', '', 'transient: rate_limited'],
    ['slack.com', 200, 'internal_error', '', 'transient: provider_unavailable'],
    ['github.corp.example', 200, 'bad_verification_code', '', 'reauthorize: invalid_grant'],
    ['github.corp.example', 200, 'unverified_user_email', '', 'reauthorize: access_denied'],
    [
      'github.corp.example',
      200,
      'incorrect_client_credentials',
      '',
      'misconfigured: invalid_client',
    ],
    ['github.corp.example', 200, 'redirect_uri_mismatch', '', 'misconfigured: invalid_request'],
    ['slack.corp.example', 200, 'code_already_used', '', 'reauthorize: invalid_grant'],
    ['slack.corp.example', 200, 'bad_client_secret', '', 'misconfigured: invalid_client'],
    ['slack.corp.example', 200, 'ratelimited', '', 'transient: rate_limited'],
    ['slack-gov.com', 200, 'account_inactive', '', 'reauthorize: invalid_grant'],
    [
      'oauth2.googleapis.com',
      400,
      'invalid_grant',
      'token has been expired or revoked.',
      'reauthorize: invalid_grant',
    ],
    ['oauth2.googleapis.com', 401, 'deleted_client', '', 'misconfigured: invalid_client'],
    ['oauth2.googleapis.com', 400, 'admin_policy_enforced', '', 'misconfigured: access_denied'],
    [
      'login.microsoftonline.com',
      400,
      'invalid_grant',
      'aadsts700082: expired',
      'reauthorize: invalid_grant',
    ],
    [
      'login.microsoftonline.com',
      400,
      'invalid_grant',
      'aadsts50196: loop',
      'transient: rate_limited',
    ],
    [
      'login.microsoftonline.com',
      401,
      'invalid_client',
      'aadsts7000222: secret expired',
      'misconfigured: invalid_client',
    ],
    [
      'acme.my.salesforce.com',
      400,
      'invalid_grant',
      'expired access/refresh token',
      'reauthorize: invalid_grant',
    ],
    [
      'login.salesforce.com',
      400,
      'invalid_request',
      'token request is already being processed',
      'transient: provider_unavailable',
    ],
    ['login.salesforce.com', 400, 'invalid_grant', 'ip restricted', 'misconfigured: access_denied'],
    [
      'auth.atlassian.com',
      403,
      'unauthorized_client',
      'refresh_token is invalid',
      'reauthorize: invalid_grant',
    ],
    [
      'auth.atlassian.com',
      401,
      'unauthorized_client',
      'client id unknown',
      'misconfigured: invalid_client',
    ],
    ['api.hubapi.com', 400, 'bad_refresh_token', '', 'reauthorize: invalid_grant'],
    ['zoom.us', 400, 'invalid token!', '', 'reauthorize: invalid_grant'],
    ['accounts.zoho.eu', 400, 'access denied', '', 'transient: rate_limited'],
    ['accounts.zoho.com', 200, 'invalid_code', '', 'reauthorize: invalid_grant'],
    [
      'start.exactonline.nl',
      400,
      'invalid_request',
      'access_token not expired',
      'transient: rate_limited',
    ],
  ])(
    'G101: for %s, HTTP %i, the error %s and the description "%s", returns %s',
    (host, status, error, description, expected) => {
      expect(classify({ status, error, description }, host)).toBe(expected);
    },
  );

  it('uses an entry of a provider for its own hosts only', () => {
    const error = 'fatal_error';
    expect(classify({ status: 200, error }, 'evil-slack.com')).toBe(
      'misconfigured: provider_error',
    );
    expect(classify({ status: 200, error }, 'acme.slack.com')).toBe(
      'transient: provider_unavailable',
    );
  });

  it('G91: is transient for 429, 408 and 5xx, whatever the body and the host are', () => {
    fc.assert(
      fc.property(
        anyObservation(fc.oneof(fc.constantFrom(429, 408), fc.integer({ min: 500, max: 599 }))),
        anyRules(),
        (observation, rulesOf) =>
          classifyFailure(observation, rulesOf(observation.operation)).kind === 'transient',
      ),
    );
  });

  it('G92: never asks a user to authorize when the client or the request is wrong', () => {
    const errors = fc.constantFrom(
      'invalid_client',
      'invalid_request',
      'invalid_scope',
      'unsupported_grant_type',
    );
    fc.assert(
      fc.property(
        anyObservation(fc.integer({ min: 100, max: 599 })),
        errors,
        anyRules(),
        (observation, error, rulesOf) => {
          const rules = rulesOf(observation.operation);
          expect(classifyFailure({ ...observation, error }, rules).kind).not.toBe('reauthorize');
        },
      ),
    );
  });

  it('never asks a user to authorize for client credentials', () => {
    fc.assert(
      fc.property(
        anyObservation(fc.integer({ min: 100, max: 599 })),
        anyRules(),
        (observation, rulesOf) => {
          const shared = { ...observation, operation: 'client_credentials' as const };
          const { kind, code } = classifyFailure(shared, rulesOf(shared.operation));
          expect([kind, code]).not.toEqual(['reauthorize', 'invalid_grant']);
        },
      ),
    );
  });

  it('G91: is transient when Ory Hydra reports that a refresh collided with another change of the grant', () => {
    const description =
      'the request is missing a required parameter. failed to refresh token. please retry the request.';
    const response = { error: 'invalid_request', description };
    expect(classify(response)).toBe('transient: provider_unavailable');
    expect(classify({ ...response, operation: 'authorization_code' })).toBe(
      'misconfigured: invalid_request',
    );
  });

  it('H113: asks the user when Keycloak lacks the consent, and the administrator when it lacks the scope', () => {
    const description = 'client no longer has requested consent from user';
    expect(classify({ error: 'invalid_scope', description })).toBe('reauthorize: invalid_grant');
    expect(classify({ error: 'invalid_scope', description: 'invalid scopes: x' })).toBe(
      'misconfigured: invalid_scope',
    );
  });

  it('has only rules that can apply, each with lower-case words and a reason', () => {
    const rules = [
      ...STATUS_RULES,
      ...STANDARD_FAILURES,
      ...EARS_FAILURES,
      ...ERROR_RULES,
      ...KNOWN_HOSTS.flatMap((host) => [
        ...rulesFor(host, [], 'refresh_token'),
        ...rulesFor(host, [], 'authorization_code'),
        ...rulesFor(host, [], 'client_credentials'),
      ]),
    ];
    for (const { when, reason } of rules) {
      const words = [...(Array.isArray(when.errors) ? when.errors : []), when.descriptionHas ?? ''];
      for (const word of words) expect(word).toBe(word.toLowerCase());
      expect(reason).not.toBe('');
    }
    expect(ERROR_RULES.findIndex((rule) => Object.keys(rule.when).length === 0)).toBe(
      ERROR_RULES.length - 1,
    );
  });
});

function anyObservation(status: fc.Arbitrary<number>): fc.Arbitrary<FailureObservation> {
  return fc.record({
    operation: fc.constantFrom<GrantOperation[]>(...OPERATIONS),
    status,
    error: fc.option(
      fc.oneof(
        fc.constantFrom('invalid_grant', 'invalid_code', 'access_denied', 'token_revoked'),
        fc.string(),
      ),
      { nil: undefined },
    ),
    description: fc.string(),
  });
}

/** The rules of a provider and a dialect for an operation. */
function anyRules(): fc.Arbitrary<(operation: GrantOperation) => readonly FailureRule[]> {
  const hosts = fc.constantFrom('auth.example.com', ...KNOWN_HOSTS);
  const dialects = fc.constantFrom(STANDARD_FAILURES, EARS_FAILURES);
  return fc.tuple(hosts, dialects).map(
    ([host, dialect]) =>
      (operation) =>
        rulesFor(host, dialect, operation),
  );
}
