import { z } from 'zod';
import { catalogueSpec, connectionTest } from '../../spec_definition/index.ts';
import { notionActions } from './actions.ts';
import { NOTION_API, operation } from './notion_api.ts';
import { translations } from './translations.ts';

/** Operation of the connection test. */
export const listUsers = operation('GET /v1/users', {
  description: 'Reads one user of the workspace.',
  input: {},
  fixed: { query: { page_size: 1 } },
  output: z.object({ object: z.literal('list') }),
});

/** Pages and data sources in Notion. */
export const notion = catalogueSpec({
  metadata: {
    id: '.notion',
    displayName: 'Notion',
    description: 'Find and read pages and data sources in Notion.',
    icon: 'documents',
  },
  auth: {
    types: [
      'bearer',
      {
        type: 'oauth_authorization_code',
        isRecommended: true,
        defaults: {},
        overrides: { meta: { scope: { hidden: true } } },
      },
    ],
  },
  apiOrigins: [NOTION_API],
  provider: 'notion',
  actions: notionActions,
  test: connectionTest(listUsers, {}, 'Reads one user of the Notion workspace.'),
  translations,
});
