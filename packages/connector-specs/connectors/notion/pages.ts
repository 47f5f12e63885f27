import { z } from 'zod';
import { dataSource, id, listPage, listPages, operation, page } from './notion_api.ts';

/** Actions for pages. */
export const pageActions = {
  searchPageOrDSByTitle: operation('POST /v1/search', {
    scope: 'read',
    isQuery: true,
    description:
      'Finds pages or data sources by their title and returns their ids, links and properties, the most recently edited first. Does not search in their text. ' +
      'Contains only what was shared with the Notion integration; new pages appear after some time.',
    input: {
      query: z.string().max(1_000).describe('Part of the title. Empty: all pages or data sources'),
      queryObjectType: z.enum(['page', 'data_source']).describe('Type of the objects to find'),
      ...listPage,
    },
    wire: { queryObjectType: 'filter.value' },
    fixed: { body: { 'filter.property': 'object' } },
    output: z.discriminatedUnion('object', [page, dataSource]),
    pages: listPages,
  }),
  getPage: operation('GET /v1/pages/{page_id}', {
    description:
      'Reads the properties of one page, for example title, status and dates, and its link. Does not return the text of the page. ' +
      'Contains at most 25 references per property. Fails with 404 if the page was not shared with the Notion integration.',
    input: { pageId: id().describe('Id of the page, as in the result of a search') },
    output: page,
  }),
};
