import { z } from 'zod';
import { defineApi, flag, text, textOf, texts } from '../../operations/index.ts';

/** Origin of the API for requests with the account of a user. */
export const ATLASSIAN_API = 'https://api.atlassian.com';
/** Origin of one site, for requests with an API token. */
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
  oauthScopes: { read: ['read:jira-work'], change: ['write:jira-work'] },
  errors: {
    message: ['errorMessages.*', 'message', 'errorMessage'],
    fieldMessages: ['errors'],
    requestIdHeader: 'atl-traceid',
  },
});

/** Id of an object. */
export const id = () => textOf(255);

/** Key or id of a project. */
export const projectKey = () => id().describe('Key or id of the project, for example "PROJ"');

/** An account in the response of another object. */
export const user = z.object({
  ...texts('accountId', 'accountType', 'displayName', 'emailAddress'),
  active: flag(),
  timeZone: text(),
});
