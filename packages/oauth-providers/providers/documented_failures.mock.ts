/**
 * Errors of token endpoints that mean something else than RFC 6749 says, or that it does not have:
 * provider, error, description, and what it means. From the pages that `sources` of the entries
 * name, and connectors-additions B.2.
 */
export const DOCUMENTED_FAILURES: readonly (readonly [string, string, string, string])[] = [
  ['atlassian', 'unauthorized_client', 'refresh_token is invalid', 'invalid_grant'],
  ['exact_online', 'invalid_request', 'Rate limit: access_token not expired', 'rate_limited'],
  ['github', 'bad_refresh_token', '', 'invalid_grant'],
  ['github', 'bad_verification_code', '', 'invalid_grant'],
  ['github', 'incorrect_client_credentials', '', 'invalid_client'],
  ['github', 'unverified_user_email', '', 'access_denied'],
  ['google', 'admin_policy_enforced', '', 'access_denied'],
  ['google', 'deleted_client', '', 'invalid_client'],
  ['google', 'org_internal', '', 'access_denied'],
  ['hubspot', 'BAD_AUTH_CODE', '', 'invalid_grant'],
  ['hubspot', 'BAD_CLIENT_ID', '', 'invalid_client'],
  ['hubspot', 'BAD_CLIENT_SECRET', '', 'invalid_client'],
  ['hubspot', 'BAD_REDIRECT_URI', '', 'invalid_request'],
  ['hubspot', 'BAD_REFRESH_TOKEN', '', 'invalid_grant'],
  ['microsoft', 'invalid_grant', 'AADSTS50196: a client request loop', 'rate_limited'],
  ['microsoft', 'invalid_resource', 'AADSTS500011', 'invalid_scope'],
  ['salesforce', 'inactive_user', '', 'invalid_grant'],
  ['salesforce', 'invalid_client_id', '', 'invalid_client'],
  ['salesforce', 'invalid_grant', 'ip restricted', 'access_denied'],
  ['salesforce', 'invalid_grant', 'login rate exceeded', 'rate_limited'],
  ['slack', 'bad_client_secret', '', 'invalid_client'],
  ['slack', 'bad_redirect_uri', '', 'invalid_request'],
  ['slack', 'code_already_used', '', 'invalid_grant'],
  ['slack', 'internal_error', '', 'provider_unavailable'],
  ['slack', 'invalid_client_id', '', 'invalid_client'],
  ['slack', 'invalid_code', '', 'invalid_grant'],
  ['slack', 'invalid_refresh_token', '', 'invalid_grant'],
  ['slack', 'ratelimited', '', 'rate_limited'],
  ['slack', 'token_expired', '', 'invalid_grant'],
  ['zoho', 'Access Denied', '', 'rate_limited'],
  ['zoho', 'invalid_code', '', 'invalid_grant'],
  ['zoom', 'Invalid Token!', '', 'invalid_grant'],
];
