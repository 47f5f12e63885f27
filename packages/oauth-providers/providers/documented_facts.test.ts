import { expect, it } from '@jest/globals';
import type { ProviderEntry } from '../entry/provider_entry.ts';
import { providers } from './index.ts';

interface DocumentedFacts {
  readonly token: string;
  /** How the client authenticates, the preferred way first, and the format of token requests. */
  readonly client: string;
  /** Fixed parameters of the authorization URL. */
  readonly parameters?: Readonly<Record<string, string>>;
  /** Parameter and separator of scopes. */
  readonly scope?: string;
  /** Seconds: without `expires_in`, access token, refresh token. `null`: no end. */
  readonly seconds: readonly (number | null | undefined)[];
  /** Days after which an unused grant ends. */
  readonly idleDays?: number;
  readonly rotation: 'none' | 'replaced' | 'single_use';
  /** Method, URL, authentication, format and fields if the request is not that of RFC 7009. */
  readonly revocation: string | undefined;
  /** Tokens that can be revoked, and what it ends. */
  readonly ends?: string;
}

const HOUR = 3_600;
const DAY = 24 * HOUR;

/**
 * Facts of the providers of connectors, written from the documentation that their entries name, not
 * from the entries.
 */
const DOCUMENTED: Readonly<Record<string, DocumentedFacts>> = {
  airtable: {
    token: 'https://airtable.com/oauth2/v1/token',
    client: 'client_secret_basic form',
    seconds: [HOUR, HOUR, 60 * DAY],
    idleDays: 60,
    rotation: 'single_use',
    revocation: undefined,
  },
  atlassian: {
    token: 'https://auth.atlassian.com/oauth/token',
    client: 'client_secret_post form',
    parameters: { audience: 'api.atlassian.com', prompt: 'consent' },
    seconds: [HOUR, HOUR, undefined],
    idleDays: 90,
    rotation: 'single_use',
    revocation: undefined,
  },
  github: {
    token: 'https://github.com/login/oauth/access_token',
    client: 'client_secret_post form accept=application/json',
    // Of GitHub apps. Tokens of OAuth apps have no end.
    seconds: [null, 8 * HOUR, 180 * DAY],
    idleDays: 180,
    rotation: 'single_use',
    revocation:
      'DELETE https://api.github.com/applications/{client_id}/grant client_secret_basic json access_token={token}',
    ends: 'access_token: all_grants',
  },
  google: {
    token: 'https://oauth2.googleapis.com/token',
    client: 'client_secret_basic client_secret_post form',
    parameters: { access_type: 'offline', prompt: 'consent' },
    seconds: [HOUR, HOUR, null],
    idleDays: 180,
    rotation: 'none',
    revocation: 'https://oauth2.googleapis.com/revoke',
    ends: 'refresh_token access_token: all_grants',
  },
  hubspot: {
    token: 'https://api.hubapi.com/oauth/2026-03/token',
    client: 'client_secret_post form',
    seconds: [HOUR, HOUR / 2, null],
    rotation: 'none',
    revocation: 'https://api.hubapi.com/oauth/2026-03/token/revoke',
  },
  linear: {
    token: 'https://api.linear.app/oauth/token',
    client: 'client_secret_post form',
    parameters: { prompt: 'consent' },
    scope: 'scope ,',
    seconds: [HOUR, DAY, undefined],
    rotation: 'single_use',
    revocation: 'https://api.linear.app/oauth/revoke',
  },
  microsoft: {
    token: 'https://login.microsoftonline.com/{config.tenant}/oauth2/v2.0/token',
    client: 'client_secret_post form',
    parameters: { response_mode: 'query' },
    seconds: [HOUR, HOUR, 90 * DAY],
    idleDays: 90,
    rotation: 'replaced',
    revocation: undefined,
  },
  notion: {
    token: 'https://api.notion.com/v1/oauth/token',
    client: 'client_secret_basic json',
    parameters: { owner: 'user' },
    seconds: [null, undefined, undefined],
    rotation: 'single_use',
    revocation:
      'POST https://api.notion.com/v1/oauth/revoke client_secret_basic json token={token}',
  },
  salesforce: {
    token: 'https://{config.loginHost}/services/oauth2/token',
    client: 'client_secret_post form',
    seconds: [null, undefined, undefined],
    rotation: 'single_use',
    revocation: 'https://{config.loginHost}/services/oauth2/revoke',
  },
  slack: {
    token: 'https://slack.com/api/oauth.v2.access',
    client: 'client_secret_post form',
    scope: 'user_scope ,',
    // With token rotation. Otherwise tokens have no end.
    seconds: [null, 12 * HOUR, undefined],
    rotation: 'single_use',
    revocation: 'POST https://slack.com/api/auth.revoke token none',
    ends: 'access_token: token',
  },
};

const listed = (values: Readonly<Record<string, unknown>>): string[] =>
  Object.entries(values).map(([name, value]) => `${name}=${value}`);

function factsOf({ authorize, token, lifetime, ...entry }: ProviderEntry): DocumentedFacts {
  const { revocation, refreshToken } = entry;
  const { request } = revocation ?? {};
  const { defaultSeconds, accessTokenSeconds, refreshTokenSeconds, idleLimitDays } = lifetime;
  const special = request && [
    ...[request.method, revocation?.url, request.authentication, request.format],
    ...listed(request.fields),
  ];
  const ends = revocation && `${revocation.tokens.join(' ')}: ${revocation.ends}`;
  return {
    token: token.url,
    client: [...token.clientAuthentication, token.format, ...listed(token.headers)].join(' '),
    parameters: authorize.parameters,
    scope: `${authorize.scope.parameter} ${authorize.scope.separator}`,
    seconds: [defaultSeconds, accessTokenSeconds, refreshTokenSeconds],
    ...(idleLimitDays === undefined ? {} : { idleDays: idleLimitDays }),
    rotation: refreshToken?.rotation ?? 'none',
    revocation: special?.join(' ') ?? revocation?.url,
    ...(ends === undefined ? {} : { ends }),
  };
}

it.each(Object.entries(DOCUMENTED))('%s has the facts of its documentation', (name, facts) => {
  const ends = facts.revocation && { ends: 'refresh_token access_token: grant' };
  const defaults = { parameters: {}, scope: 'scope  ', ...ends };
  const entry = Object.entries<ProviderEntry>(providers).find(([one]) => one === name)?.[1];
  expect(entry && factsOf(entry)).toEqual({ ...defaults, ...facts });
});
