import { z } from 'zod';
import { defineApi, text, textOf, texts } from '../../operations/index.ts';

/** Origin of the API for users' own accounts. */
export const ATLASSIAN_API = 'https://api.atlassian.com';
/** Origin of one site, which API tokens are sent to. */
export const SITE = 'https://{config.subdomain}.atlassian.net';

/** Declares operations of version 3 of Jira's REST API. */
export const { operation } = defineApi({
  name: 'Jira API',
  baseUrl: {
    basic: SITE,
    // The user chooses the site after the authorization.
    oauth_authorization_code: `${ATLASSIAN_API}/ex/jira/{grant.cloudId}`,
  },
  provider: 'atlassian',
  headers: { Accept: 'application/json' },
  errors: {
    message: ['errorMessages.*', 'message', 'errorMessage'],
    fieldMessages: ['errors'],
    requestIdHeader: 'atl-traceid',
  },
});

/** Facts of reads of issues and projects. */
export const READ = { scope: 'read', oauthScopes: ['read:jira-work'] } as const;
/** Facts of changes of issues. */
export const WRITE = { oauthScopes: ['write:jira-work'] } as const;

/** Id of an object. */
export const id = () => textOf(255);

/** Key or id of a project. */
export const projectKey = () => id().describe('Key or id of the project, for example "PROJ"');

/** An account as other objects contain it. */
export const user = z.object({
  ...texts('accountId', 'accountType', 'displayName', 'emailAddress'),
  active: z.boolean().nullish(),
  timeZone: text(),
});
