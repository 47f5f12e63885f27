import type { FailureRule } from './failure_rule.ts';

/** Grants a person gave and can give again. */
const PERSONAL = ['authorization_code', 'refresh_token'] as const;

/** Decided by status alone, before anybody reads the body: a 503 page that mentions `invalid_grant` is still only a 503. */
export const STATUS_RULES: readonly FailureRule[] = [
  {
    when: { status: [429, 429] },
    code: 'rate_limited',
    kind: 'transient',
    reason: 'RFC 6585 §4: too many requests',
  },
  {
    when: { status: [408, 408] },
    code: 'provider_unavailable',
    kind: 'transient',
    reason: 'the server gave up waiting for the request',
  },
  {
    when: { status: [425, 425] },
    code: 'provider_unavailable',
    kind: 'transient',
    reason: 'RFC 8470: may be repeated as it is',
  },
  {
    when: { status: [500, 599] },
    code: 'provider_unavailable',
    kind: 'transient',
    reason: 'the server says the fault is its own',
  },
  {
    when: { status: [300, 399] },
    code: 'redirected',
    kind: 'misconfigured',
    reason: 'credentials are never carried to another address',
  },
];

/** Decided by the error the provider names (RFC 6749 §5.2, OpenID Connect Core §3.1.2.6), then by status. The last row takes all. */
export const ERROR_RULES: readonly FailureRule[] = [
  {
    when: { errors: ['slow_down', 'rate_limited', 'rate_limit_exceeded', 'too_many_requests'] },
    code: 'rate_limited',
    kind: 'transient',
    reason: 'throttling told in words instead of a 429',
  },
  {
    when: { errors: ['temporarily_unavailable', 'server_error'] },
    code: 'provider_unavailable',
    kind: 'transient',
    reason: 'RFC 6749 §4.1.2.1 words for a passing fault',
  },
  {
    when: {
      operations: PERSONAL,
      errors: [
        'invalid_grant',
        'bad_refresh_token',
        'invalid_refresh_token',
        'refresh_token_expired',
        'expired_token',
        'token_expired',
        'token_revoked',
        'invalid_token',
      ],
    },
    code: 'invalid_grant',
    kind: 'reauthorize',
    reason: 'RFC 6749 §5.2: the grant is invalid, expired or revoked',
  },
  {
    when: {
      operations: PERSONAL,
      errors: ['interaction_required', 'login_required', 'consent_required'],
    },
    code: 'invalid_grant',
    kind: 'reauthorize',
    reason: 'the provider wants to see the person again',
  },
  {
    when: { operations: PERSONAL, errors: ['access_denied'] },
    code: 'access_denied',
    kind: 'reauthorize',
    reason: 'the person or a policy withdrew consent; a new authorization shows which',
  },
  {
    when: { operations: ['client_credentials'], errors: ['access_denied'] },
    code: 'access_denied',
    kind: 'misconfigured',
    reason: 'nobody to ask: the client itself was refused',
  },
  {
    when: { operations: ['client_credentials'], errors: ['invalid_grant', 'invalid_token'] },
    code: 'invalid_grant',
    kind: 'misconfigured',
    reason: 'nobody to ask: the client itself was refused',
  },
  {
    when: { errors: ['invalid_client', 'unauthorized_client', 'invalid_client_secret'] },
    code: 'invalid_client',
    kind: 'misconfigured',
    reason: 'RFC 6749 §5.2: the client id, its secret or its rights are wrong',
  },
  {
    when: {
      operations: ['refresh_token'],
      errors: ['invalid_request'],
      descriptionHas: 'please retry the request',
    },
    code: 'provider_unavailable',
    kind: 'transient',
    reason: 'Ory Hydra, of a refresh that met another change of the same grant',
  },
  {
    when: {
      operations: PERSONAL,
      errors: ['invalid_scope'],
      descriptionHas: 'no longer has requested consent',
    },
    code: 'invalid_grant',
    kind: 'reauthorize',
    reason: 'Keycloak, of a person who took a consent back while the session lives on',
  },
  {
    when: { errors: ['invalid_scope'] },
    code: 'invalid_scope',
    kind: 'misconfigured',
    reason: 'RFC 6749 §5.2: the connector asks for a scope the provider does not grant',
  },
  {
    when: {
      errors: [
        'invalid_request',
        'unsupported_grant_type',
        'unsupported_response_type',
        'invalid_target',
        'redirect_uri_mismatch',
      ],
    },
    code: 'invalid_request',
    kind: 'misconfigured',
    reason: 'RFC 6749 §5.2, RFC 8707 §2: the request itself does not suit the provider',
  },
  {
    when: { dialect: 'ears', operations: PERSONAL, status: [400, 400], errors: 'none' },
    code: 'invalid_grant',
    kind: 'reauthorize',
    reason: 'our EARS requests carry nothing but the code or token, so a 400 is about that',
  },
  {
    when: { dialect: 'standard', status: [401, 401], errors: 'none' },
    code: 'invalid_client',
    kind: 'misconfigured',
    reason: 'RFC 6749 §5.2 uses 401 for failed client authentication only',
  },
  {
    when: {
      operations: PERSONAL,
      errors: [
        'bad_verification_code',
        'bad_auth_code',
        'invalid_code',
        'code_already_used',
        'code_expired',
      ],
    },
    code: 'invalid_grant',
    kind: 'reauthorize',
    reason:
      'GitHub and Slack, also on hosts of their customers: codes with no other meaning anywhere',
  },
  {
    when: { operations: PERSONAL, errors: ['unverified_user_email'] },
    code: 'access_denied',
    kind: 'reauthorize',
    reason: 'GitHub, also Enterprise Server: the user must verify an e-mail address there first',
  },
  {
    when: {
      errors: [
        'incorrect_client_credentials',
        'bad_client_secret',
        'bad_client_id',
        'invalid_client_id',
      ],
    },
    code: 'invalid_client',
    kind: 'misconfigured',
    reason: 'GitHub and Slack, also on hosts of their customers',
  },
  {
    when: { errors: ['bad_redirect_uri'] },
    code: 'invalid_request',
    kind: 'misconfigured',
    reason: 'Slack and HubSpot, of a redirect URI that is not registered',
  },
  {
    when: { errors: ['ratelimited'] },
    code: 'rate_limited',
    kind: 'transient',
    reason: 'Slack, also on hosts of its customers',
  },
  {
    when: {},
    code: 'provider_error',
    kind: 'misconfigured',
    reason: 'an answer nobody described: an administrator looks at URL and provider',
  },
];
