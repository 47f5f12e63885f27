import { expect, it } from 'vitest';
import { resolveProvider } from '../entry/placeholders.ts';
import { type ProviderName, providers } from './index.ts';

interface PublishedEndpoints {
  readonly name: ProviderName;
  readonly authorize: string;
  readonly token: string;
  /** Revocation endpoint. `undefined`: the package has none. */
  readonly revocation?: string;
}

/**
 * Endpoints in the npm package arctic, version 3.7.0. For X, the package has the hosts that X used
 * formerly.
 */
const PUBLISHED: readonly PublishedEndpoints[] = [
  {
    name: 'atlassian',
    authorize: 'https://auth.atlassian.com/authorize',
    token: 'https://auth.atlassian.com/oauth/token',
  },
  {
    name: 'box',
    authorize: 'https://account.box.com/api/oauth2/authorize',
    token: 'https://api.box.com/oauth2/token',
    revocation: 'https://api.box.com/oauth2/revoke',
  },
  {
    name: 'discord',
    authorize: 'https://discord.com/oauth2/authorize',
    token: 'https://discord.com/api/oauth2/token',
    revocation: 'https://discord.com/api/oauth2/token/revoke',
  },
  {
    name: 'dropbox',
    authorize: 'https://www.dropbox.com/oauth2/authorize',
    token: 'https://api.dropboxapi.com/oauth2/token',
    revocation: 'https://api.dropboxapi.com/2/auth/token/revoke',
  },
  {
    name: 'figma',
    authorize: 'https://www.figma.com/oauth',
    token: 'https://api.figma.com/v1/oauth/token',
  },
  {
    name: 'github',
    authorize: 'https://github.com/login/oauth/authorize',
    token: 'https://github.com/login/oauth/access_token',
  },
  {
    name: 'gitlab',
    authorize: 'https://gitlab.com/oauth/authorize',
    token: 'https://gitlab.com/oauth/token',
    revocation: 'https://gitlab.com/oauth/revoke',
  },
  {
    name: 'google',
    authorize: 'https://accounts.google.com/o/oauth2/v2/auth',
    token: 'https://oauth2.googleapis.com/token',
    revocation: 'https://oauth2.googleapis.com/revoke',
  },
  {
    name: 'linear',
    authorize: 'https://linear.app/oauth/authorize',
    token: 'https://api.linear.app/oauth/token',
  },
  {
    name: 'microsoft',
    authorize: 'https://login.microsoftonline.com/acme.com/oauth2/v2.0/authorize',
    token: 'https://login.microsoftonline.com/acme.com/oauth2/v2.0/token',
  },
  {
    name: 'notion',
    authorize: 'https://api.notion.com/v1/oauth/authorize',
    token: 'https://api.notion.com/v1/oauth/token',
  },
  {
    name: 'salesforce',
    authorize: 'https://login.salesforce.com/services/oauth2/authorize',
    token: 'https://login.salesforce.com/services/oauth2/token',
    revocation: 'https://login.salesforce.com/services/oauth2/revoke',
  },
  {
    name: 'x',
    authorize: 'https://x.com/i/oauth2/authorize',
    token: 'https://api.x.com/2/oauth2/token',
    revocation: 'https://api.x.com/2/oauth2/revoke',
  },
  {
    name: 'zoom',
    authorize: 'https://zoom.us/oauth/authorize',
    token: 'https://zoom.us/oauth/token',
    revocation: 'https://zoom.us/oauth/revoke',
  },
];

it.each(PUBLISHED)('$name has the endpoints that the package arctic has', (published) => {
  const { name, authorize, token, revocation } = published;
  const entry = resolveProvider(providers[name], { tenant: 'acme.com' });
  expect([entry.authorize.url, entry.token.url]).toEqual([authorize, token]);
  expect(revocation ?? entry.revocation?.url).toBe(entry.revocation?.url);
});
