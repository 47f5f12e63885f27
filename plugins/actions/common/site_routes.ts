import { defineRoute } from '@latchkey/core/common';
import { z } from 'zod';
import { oauthParams } from './fields.ts';

const site = z.object({ id: z.string(), label: z.string() });
const route = { access: 'public', tags: ['oauth'], params: oauthParams } as const;
const API = '/api/actions/connector/{connectorId}/_sites';

/** The sites that the caller's authorization covers, for example Atlassian sites. */
export const sitesBody = z.object({
  sites: z.array(site),
  /** Id of the site to which calls are sent. Absent if no site is chosen. */
  site_id: z.string().optional(),
});

/** Route that lists the sites of the caller's authorization. */
export const listSites = defineRoute({
  ...route,
  method: 'get',
  path: API,
  summary: 'List the sites of my authorization',
  description:
    'Sites of the account at the time of the authorization. A site that was added later appears after the user has authorized again.',
  responses: {
    200: { description: 'Empty: not connected, or the provider has no sites.', body: sitesBody },
  },
});

/** Route that chooses the site of the caller's authorization. */
export const chooseSite = defineRoute({
  ...route,
  method: 'put',
  path: API,
  summary: 'Choose the site of my authorization',
  description: 'Later calls of this user use the site. No new authorization is needed.',
  body: z.strictObject({ site_id: z.string().min(1).max(512) }),
  responses: {
    200: { description: 'The chosen site.', body: z.object({ site }) },
    404: { description: 'The authorization of the caller has no such site.' },
  },
});
