/** Facts of a provider in its documentation. */
export interface DocumentedFacts {
  readonly authorize: string;
  readonly token: string;
  /** Other hosts at which the provider has token endpoints. Default: none. */
  readonly otherHosts?: readonly string[];
  /** Endpoint of refreshes if it is not that of tokens. */
  readonly refresh?: string;
  /** How the client authenticates, the preferred way first, and the format of token requests. */
  readonly client: string;
  /** Fixed fields of token requests. */
  readonly fields?: Readonly<Record<string, unknown>>;
  /** `true`: the provider rejects a request without PKCE. */
  readonly needsPkce?: boolean;
  /** Fixed parameters of the authorization URL. */
  readonly parameters?: Readonly<Record<string, string>>;
  /** Parameter and separator of scopes. `none`: the provider has no scopes. */
  readonly scope?: string;
  /** Scope or parameter without which there is no refresh token. */
  readonly needs?: string;
  /** Where the account is: its source, id and label. */
  readonly account: string | undefined;
  /** Facts of the grant: name, source, path, kind, and hosts that it may name. */
  readonly grant?: readonly string[];
  /** Seconds: without `expires_in`, access token, refresh token. `null`: no end. */
  readonly seconds: readonly (number | null | undefined)[];
  /** Days after which an unused grant ends. */
  readonly idleDays?: number;
  /** Seconds for which a used refresh token is still accepted. */
  readonly graceSeconds?: number;
  /** `true`: a second use of a refresh token ends the grant. */
  readonly reuseEndsGrant?: boolean;
  readonly rotation: 'none' | 'replaced' | 'single_use';
  /** Method, URL, authentication, format and fields if the request is not that of RFC 7009. */
  readonly revocation: string | undefined;
  /** Tokens that can be revoked, and what it ends. */
  readonly ends?: string;
  /** How long to wait after a rate limit. Default: the header Retry-After of RFC 9110. */
  readonly waits?: readonly string[];
}

const HOUR = 3_600;
const DAY = 24 * HOUR;
const RETRY_AFTER = 'header retry-after seconds';

/**
 * Facts of all providers, written from the documentation that their entries name, not from the
 * entries.
 */
export const DOCUMENTED: Readonly<Record<string, DocumentedFacts>> = {
  airtable: {
    authorize: 'https://airtable.com/oauth2/v1/authorize',
    token: 'https://airtable.com/oauth2/v1/token',
    client: 'client_secret_basic form',
    needsPkce: true,
    account: 'request https://api.airtable.com/v0/meta/whoami id email',
    seconds: [HOUR, HOUR, 60 * DAY],
    idleDays: 60,
    rotation: 'single_use',
    reuseEndsGrant: true,
    revocation: undefined,
    waits: ['fixed 30 s for 429-429'],
  },
  asana: {
    authorize: 'https://app.asana.com/-/oauth_authorize',
    token: 'https://app.asana.com/-/oauth_token',
    client: 'client_secret_post form',
    account: 'token_response data.id data.email',
    seconds: [HOUR, HOUR, null],
    rotation: 'none',
    revocation: 'https://app.asana.com/-/oauth_revoke',
  },
  atlassian: {
    authorize: 'https://auth.atlassian.com/authorize',
    token: 'https://auth.atlassian.com/oauth/token',
    client: 'client_secret_post form',
    parameters: { audience: 'api.atlassian.com', prompt: 'consent' },
    needs: 'scope offline_access',
    account: undefined,
    grant: [
      'cloudId request *.id text https://api.atlassian.com/oauth/token/accessible-resources *.url',
    ],
    seconds: [HOUR, HOUR, undefined],
    idleDays: 90,
    rotation: 'single_use',
    graceSeconds: 10 * 60,
    revocation: undefined,
    waits: [RETRY_AFTER, 'header x-ratelimit-reset iso_time'],
  },
  box: {
    authorize: 'https://account.box.com/api/oauth2/authorize',
    token: 'https://api.box.com/oauth2/token',
    client: 'client_secret_post form',
    account: 'request https://api.box.com/2.0/users/me id login',
    seconds: [HOUR, HOUR, 60 * DAY],
    idleDays: 60,
    rotation: 'single_use',
    revocation: 'https://api.box.com/oauth2/revoke',
  },
  discord: {
    authorize: 'https://discord.com/oauth2/authorize',
    token: 'https://discord.com/api/oauth2/token',
    client: 'client_secret_basic client_secret_post form',
    account: 'request https://discord.com/api/v10/users/@me id username',
    grant: ['guild token_response guild.id text'],
    seconds: [HOUR, 7 * DAY, undefined],
    rotation: 'single_use',
    revocation:
      'POST https://discord.com/api/oauth2/token/revoke client_secret_basic form token={token} token_type_hint={hint}',
    waits: ['body retry_after seconds', 'header x-ratelimit-reset-after seconds'],
  },
  dropbox: {
    authorize: 'https://www.dropbox.com/oauth2/authorize',
    token: 'https://api.dropboxapi.com/oauth2/token',
    client: 'client_secret_basic client_secret_post form',
    parameters: { token_access_type: 'offline' },
    needs: 'parameter token_access_type',
    account: 'token_response account_id',
    seconds: [HOUR, 4 * HOUR, null],
    rotation: 'none',
    revocation: 'POST https://api.dropboxapi.com/2/auth/token/revoke token none',
    ends: 'access_token: grant',
  },
  exact_online: {
    authorize: 'https://{config.host}/api/oauth2/auth',
    token: 'https://{config.host}/api/oauth2/token',
    otherHosts: [
      'start.exactonline.com',
      'start.exactonline.nl',
      'start.exactonline.be',
      'start.exactonline.de',
    ],
    client: 'client_secret_post form',
    scope: 'none',
    account: undefined,
    seconds: [HOUR, 10 * 60, undefined],
    rotation: 'single_use',
    revocation: undefined,
  },
  figma: {
    authorize: 'https://www.figma.com/oauth',
    token: 'https://api.figma.com/v1/oauth/token',
    refresh: 'https://api.figma.com/v1/oauth/refresh',
    client: 'client_secret_basic form',
    scope: 'scope ,',
    account: 'token_response user_id_string',
    seconds: [HOUR, 90 * DAY, null],
    rotation: 'none',
    revocation: undefined,
  },
  github: {
    authorize: 'https://github.com/login/oauth/authorize',
    token: 'https://github.com/login/oauth/access_token',
    otherHosts: ['*.ghe.com'],
    client: 'client_secret_post form accept=application/json',
    account: 'request https://api.github.com/user id login',
    // Of GitHub apps. Tokens of OAuth apps have no end.
    seconds: [null, 8 * HOUR, 180 * DAY],
    idleDays: 180,
    rotation: 'single_use',
    revocation:
      'DELETE https://api.github.com/applications/{client_id}/grant client_secret_basic json access_token={token}',
    ends: 'access_token: all_grants',
    waits: [
      RETRY_AFTER,
      'header x-ratelimit-reset epoch_seconds if x-ratelimit-remaining=0',
      'fixed 60 s for 403-429',
    ],
  },
  gitlab: {
    authorize: 'https://{config.host}/oauth/authorize',
    token: 'https://{config.host}/oauth/token',
    client: 'client_secret_post form',
    account: 'request https://{config.host}/api/v4/user id username',
    seconds: [HOUR, 2 * HOUR, null],
    rotation: 'single_use',
    revocation: 'https://{config.host}/oauth/revoke',
    waits: [RETRY_AFTER, 'header ratelimit-reset epoch_seconds'],
  },
  google: {
    authorize: 'https://accounts.google.com/o/oauth2/v2/auth',
    token: 'https://oauth2.googleapis.com/token',
    otherHosts: ['accounts.google.com', 'www.googleapis.com'],
    client: 'client_secret_basic client_secret_post form',
    parameters: { access_type: 'offline', prompt: 'consent' },
    needs: 'parameter access_type',
    account: 'id_token',
    seconds: [HOUR, HOUR, null],
    idleDays: 180,
    rotation: 'none',
    revocation: 'https://oauth2.googleapis.com/revoke',
    ends: 'refresh_token access_token: all_grants',
  },
  hubspot: {
    authorize: 'https://app.hubspot.com/oauth/authorize',
    token: 'https://api.hubapi.com/oauth/2026-03/token',
    client: 'client_secret_post form',
    account: 'token_response user_id',
    grant: ['hub_id token_response hub_id text'],
    seconds: [HOUR, HOUR / 2, null],
    rotation: 'none',
    revocation: 'https://api.hubapi.com/oauth/2026-03/token/revoke',
  },
  intercom: {
    authorize: 'https://app.intercom.com/oauth',
    token: 'https://api.intercom.io/auth/eagle/token',
    client: 'client_secret_post form',
    scope: 'none',
    account: 'request https://{config.apiHost}/me id email',
    seconds: [null, null, undefined],
    rotation: 'none',
    revocation: undefined,
    waits: ['header x-ratelimit-reset epoch_seconds'],
  },
  linear: {
    authorize: 'https://linear.app/oauth/authorize',
    token: 'https://api.linear.app/oauth/token',
    client: 'client_secret_post form',
    parameters: { prompt: 'consent' },
    scope: 'scope ,',
    account: undefined,
    seconds: [HOUR, DAY, undefined],
    rotation: 'single_use',
    revocation: 'https://api.linear.app/oauth/revoke',
    waits: [
      RETRY_AFTER,
      'header x-ratelimit-requests-reset epoch_ms if x-ratelimit-requests-remaining=0',
      'header x-ratelimit-complexity-reset epoch_ms',
      'header x-ratelimit-requests-reset epoch_ms',
    ],
  },
  microsoft: {
    authorize: 'https://login.microsoftonline.com/{config.tenant}/oauth2/v2.0/authorize',
    token: 'https://login.microsoftonline.com/{config.tenant}/oauth2/v2.0/token',
    otherHosts: ['*.microsoftonline.us', '*.partner.microsoftonline.cn', 'login.live.com'],
    client: 'client_secret_post form',
    parameters: { response_mode: 'query' },
    needs: 'scope offline_access',
    account: 'id_token',
    seconds: [HOUR, HOUR, 90 * DAY],
    idleDays: 90,
    rotation: 'replaced',
    revocation: undefined,
  },
  monday: {
    authorize: 'https://auth.monday.com/oauth2/authorize',
    token: 'https://auth.monday.com/oauth2/token',
    client: 'client_secret_post form',
    account: undefined,
    seconds: [null, null, undefined],
    rotation: 'none',
    revocation: undefined,
  },
  notion: {
    authorize: 'https://api.notion.com/v1/oauth/authorize',
    token: 'https://api.notion.com/v1/oauth/token',
    client: 'client_secret_basic json',
    parameters: { owner: 'user' },
    scope: 'none',
    account: 'token_response owner.user.id owner.user.name',
    grant: [
      'workspace_id token_response workspace_id text',
      'workspace_name token_response workspace_name text',
    ],
    seconds: [null, undefined, undefined],
    rotation: 'single_use',
    revocation:
      'POST https://api.notion.com/v1/oauth/revoke client_secret_basic json token={token}',
  },
  salesforce: {
    authorize: 'https://{config.loginHost}/services/oauth2/authorize',
    token: 'https://{config.loginHost}/services/oauth2/token',
    otherHosts: ['login.salesforce.com', 'test.salesforce.com', '*.my.salesforce.com'],
    client: 'client_secret_post form',
    needs: 'scope refresh_token',
    account: 'token_response id',
    grant: ['instance_url token_response instance_url origin *.my.salesforce.com'],
    seconds: [null, undefined, undefined],
    rotation: 'single_use',
    revocation: 'https://{config.loginHost}/services/oauth2/revoke',
  },
  servicenow: {
    authorize: 'https://{config.instance}/oauth_auth.do',
    token: 'https://{config.instance}/oauth_token.do',
    client: 'client_secret_post form',
    account: undefined,
    seconds: [HOUR, HOUR / 2, 100 * DAY],
    idleDays: 100,
    rotation: 'none',
    revocation: undefined,
  },
  slack: {
    authorize: 'https://slack.com/oauth/v2/authorize',
    token: 'https://slack.com/api/oauth.v2.access',
    otherHosts: ['*.slack.com', 'slack-gov.com', '*.slack-gov.com'],
    client: 'client_secret_post form',
    scope: 'user_scope ,',
    account: 'token_response authed_user.id',
    // With token rotation. Otherwise tokens have no end.
    seconds: [null, 12 * HOUR, undefined],
    rotation: 'single_use',
    revocation: 'POST https://slack.com/api/auth.revoke token none',
    ends: 'access_token: token',
  },
  x: {
    authorize: 'https://x.com/i/oauth2/authorize',
    token: 'https://api.x.com/2/oauth2/token',
    client: 'client_secret_basic form',
    needsPkce: true,
    needs: 'scope offline.access',
    account: 'request https://api.x.com/2/users/me data.id data.username',
    // "About six months".
    seconds: [HOUR, 2 * HOUR, 180 * DAY],
    idleDays: 180,
    rotation: 'single_use',
    revocation: 'https://api.x.com/2/oauth2/revoke',
    waits: ['header x-rate-limit-reset epoch_seconds'],
  },
  zendesk: {
    authorize: 'https://{config.subdomain}.zendesk.com/oauth/authorizations/new',
    token: 'https://{config.subdomain}.zendesk.com/oauth/tokens',
    client: 'client_secret_post json',
    // Older clients get tokens without end if they do not ask for a lifetime.
    fields: { expires_in: HOUR / 2 },
    account: 'request https://{config.subdomain}.zendesk.com/api/v2/users/me user.id user.email',
    seconds: [null, HOUR / 2, 30 * DAY],
    idleDays: 30,
    rotation: 'single_use',
    revocation:
      'DELETE https://{config.subdomain}.zendesk.com/api/v2/oauth/tokens/current token none',
    ends: 'access_token: grant',
  },
  zoho: {
    authorize: 'https://{config.accountsHost}/oauth/v2/auth',
    token: 'https://{config.accountsHost}/oauth/v2/token',
    otherHosts: [
      'accounts.zoho.com',
      'accounts.zoho.eu',
      'accounts.zoho.in',
      'accounts.zoho.com.au',
    ],
    client: 'client_secret_post form',
    parameters: { access_type: 'offline', prompt: 'consent' },
    scope: 'scope ,',
    needs: 'parameter access_type',
    account: undefined,
    grant: [
      'api_domain token_response api_domain origin www.zohoapis.com www.zohoapis.eu www.zohoapis.in www.zohoapis.com.au',
    ],
    seconds: [HOUR, undefined, undefined],
    rotation: 'none',
    revocation: undefined,
  },
  zoom: {
    authorize: 'https://zoom.us/oauth/authorize',
    token: 'https://zoom.us/oauth/token',
    client: 'client_secret_basic form',
    account: 'request https://api.zoom.us/v2/users/me id email',
    seconds: [HOUR, HOUR, 90 * DAY],
    idleDays: 90,
    rotation: 'single_use',
    revocation: 'https://zoom.us/oauth/revoke',
    waits: ['header retry-after iso_time', RETRY_AFTER],
  },
};

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
];
