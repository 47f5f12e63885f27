import { type FailureRule, USER_GRANTS } from './failures.ts';

/** Departures of one provider's token endpoint from RFC 6749 §5.2. */
export interface ProviderDeviation {
  /** Host names of the token endpoint; a leading dot matches every subdomain. */
  readonly hosts: readonly string[];
  /** Dotted paths of body fields, other than `error`, that name an error. */
  readonly errorPaths?: readonly string[];
  readonly rules: readonly FailureRule[];
}

const reauthorize = (errors: readonly string[], reason: string): FailureRule => ({
  when: { operations: USER_GRANTS, errors },
  code: 'invalid_grant',
  kind: 'reauthorize',
  reason,
});
const badClient = (errors: readonly string[], reason: string): FailureRule => ({
  when: { errors },
  code: 'invalid_client',
  kind: 'misconfigured',
  reason,
});
const badRequest = (errors: readonly string[], reason: string): FailureRule => ({
  when: { errors },
  code: 'invalid_request',
  kind: 'misconfigured',
  reason,
});
const throttled = (errors: readonly string[], reason: string): FailureRule => ({
  when: { errors },
  code: 'rate_limited',
  kind: 'transient',
  reason,
});
const temporary = (errors: readonly string[], reason: string): FailureRule => ({
  when: { errors },
  code: 'provider_unavailable',
  kind: 'transient',
  reason,
});

/** Rules of single providers, keyed by the host of their token endpoint. */
export const PROVIDER_DEVIATIONS: readonly ProviderDeviation[] = [
  {
    hosts: ['github.com', '.ghe.com'],
    rules: [
      reauthorize(['bad_refresh_token', 'bad_verification_code'], 'sent with HTTP 200'),
      badClient(['incorrect_client_credentials'], 'sent with HTTP 200'),
      {
        when: { errors: ['unverified_user_email'] },
        code: 'access_denied',
        kind: 'reauthorize',
        reason: 'the user must verify an e-mail address at GitHub first',
      },
    ],
  },
  {
    hosts: ['slack.com', '.slack.com', 'slack-gov.com', '.slack-gov.com'],
    rules: [
      reauthorize(
        [
          'invalid_code',
          'code_already_used',
          'code_expired',
          'invalid_refresh_token',
          'token_expired',
          'token_revoked',
          'account_inactive',
          'invalid_auth',
          'not_authed',
        ],
        'ok:false with HTTP 200',
      ),
      badClient(
        ['bad_client_secret', 'invalid_client_id', 'bad_client_id'],
        'ok:false with HTTP 200',
      ),
      badRequest(
        [
          'bad_redirect_uri',
          'invalid_arguments',
          'invalid_grant_type',
          'oauth_authorization_url_mismatch',
        ],
        'ok:false with HTTP 200',
      ),
      throttled(['ratelimited'], 'ok:false with HTTP 200'),
      temporary(
        ['internal_error', 'fatal_error', 'service_unavailable', 'request_timeout'],
        'ok:false with HTTP 200',
      ),
    ],
  },
  {
    hosts: ['oauth2.googleapis.com', 'accounts.google.com', 'www.googleapis.com'],
    rules: [
      badClient(['deleted_client', 'disabled_client'], 'the OAuth app is deleted or disabled'),
      {
        when: { errors: ['admin_policy_enforced', 'org_internal'] },
        code: 'access_denied',
        kind: 'misconfigured',
        reason: "the organisation's policy blocks the app: a new authorization would not help",
      },
      throttled(['ratelimitexceeded', 'userratelimitexceeded'], 'throttling sent as a 403'),
      temporary(['internal_failure', 'backenderror'], 'a temporary fault sent as a 4xx'),
    ],
  },
  {
    hosts: ['login.microsoftonline.com', '.microsoftonline.us', '.partner.microsoftonline.cn'],
    rules: [
      {
        when: { errors: ['invalid_grant'], descriptionHas: 'aadsts50196' },
        code: 'rate_limited',
        kind: 'transient',
        reason: 'AADSTS50196: too many identical requests in a short time, the grant is valid',
      },
      {
        when: { errors: ['invalid_resource'] },
        code: 'invalid_scope',
        kind: 'misconfigured',
        reason: 'the scope names a resource that the tenant does not have',
      },
    ],
  },
  {
    hosts: ['login.salesforce.com', 'test.salesforce.com', '.my.salesforce.com'],
    rules: [
      {
        when: { descriptionHas: 'token request is already being processed' },
        code: 'provider_unavailable',
        kind: 'transient',
        reason: 'two refreshes collided at the provider, the grant is valid',
      },
      {
        when: { errors: ['invalid_grant'], descriptionHas: 'rate exceeded' },
        code: 'rate_limited',
        kind: 'transient',
        reason: 'login rate limit sent as invalid_grant',
      },
      {
        when: { errors: ['invalid_grant'], descriptionHas: 'ip restricted' },
        code: 'access_denied',
        kind: 'misconfigured',
        reason: 'the address of this server is not allowed: a new authorization would not help',
      },
      badClient(
        ['invalid_client_id', 'invalid_client_credentials'],
        'other names for invalid_client',
      ),
      reauthorize(['inactive_user'], 'the account is disabled'),
      temporary(['unknown_error'], 'documented as a fault of the service'),
    ],
  },
  {
    hosts: ['auth.atlassian.com'],
    rules: [
      {
        when: {
          operations: ['refresh_token'],
          errors: ['unauthorized_client'],
          descriptionHas: 'refresh_token',
        },
        code: 'invalid_grant',
        kind: 'reauthorize',
        reason: '403 unauthorized_client "refresh_token is invalid" means invalid_grant',
      },
    ],
  },
  {
    hosts: ['api.hubapi.com'],
    errorPaths: ['status'],
    rules: [
      reauthorize(['bad_refresh_token', 'bad_auth_code'], 'named in `status`'),
      badClient(['bad_client_id', 'bad_client_secret'], 'named in `status`'),
      badRequest(['bad_redirect_uri', 'bad_grant_type'], 'named in `status`'),
    ],
  },
  {
    hosts: ['accounts.zoho.com', 'accounts.zoho.eu', 'accounts.zoho.in', 'accounts.zoho.com.au'],
    rules: [
      throttled(['access denied'], 'limit of ten access tokens per refresh token in ten minutes'),
      reauthorize(['invalid_code'], 'sent for codes and for refresh tokens'),
      badRequest(['invalid_redirect_uri'], 'other name for a redirect URI that is not registered'),
    ],
  },
  {
    hosts: [
      'start.exactonline.com',
      'start.exactonline.nl',
      'start.exactonline.be',
      'start.exactonline.de',
    ],
    rules: [
      {
        when: { operations: ['refresh_token'], descriptionHas: 'not expired' },
        code: 'rate_limited',
        kind: 'transient',
        reason: 'refreshed too early: allowed only when the access token is about to expire',
      },
    ],
  },
];

/** The entry for a token host. `undefined`: the provider follows the RFC. */
export function deviationOf(host: string): ProviderDeviation | undefined {
  const name = host.toLowerCase();
  return PROVIDER_DEVIATIONS.find(({ hosts }) =>
    hosts.some((known) => (known.startsWith('.') ? name.endsWith(known) : name === known)),
  );
}
