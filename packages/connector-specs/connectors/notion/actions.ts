import { z } from 'zod';
import { jsonText, textOf } from '../../operations/index.ts';
import { dataSource, listPage, listPages, operation, page } from './notion_api.ts';

/** Id of a page or data source: a UUID, with or without hyphens. */
const id = () => textOf(64);
const dataSourceId = () => id().describe('Id of the data source, not of its database');

/** Result of a search or a query. */
const list = {
  isQuery: true,
  output: z.discriminatedUnion('object', [page, dataSource]),
  pages: listPages,
} as const;

/** Actions for pages and data sources. */
export const notionActions = {
  searchPageOrDSByTitle: operation('POST /v1/search', {
    ...list,
    description:
      'Finds pages or data sources by their title and returns their ids, links and properties, the most recently edited first. Does not search in their text. Contains only what was shared with the Notion integration; new pages appear after some time.',
    input: {
      query: z.string().max(1_000).describe('Part of the title. Empty: all pages or data sources'),
      queryObjectType: z.enum(['page', 'data_source']).describe('Type of the objects to find'),
      ...listPage,
    },
    wire: { queryObjectType: 'filter.value' },
    fixed: { body: { 'filter.property': 'object' } },
  }),
  getPage: operation('GET /v1/pages/{page_id}', {
    description:
      'Reads the properties of one page, for example title, status and dates, and its link. Does not return the text of the page. Contains at most 25 references per property. Fails with 404 if the page was not shared with the Notion integration.',
    input: { pageId: id().describe('Id of the page, as in the result of a search') },
    output: page,
  }),
  getDataSource: operation('GET /v1/data_sources/{data_source_id}', {
    description:
      'Reads title and schema of one data source, the table of a database: names, types and options of its properties. Use it before queryDataSource to write a filter. Does not return rows.',
    input: { dataSourceId: dataSourceId() },
    output: dataSource,
  }),
  queryDataSource: operation('POST /v1/data_sources/{data_source_id}/query', {
    ...list,
    description:
      'Returns the rows of a data source, which are pages with their properties, one page of results at a time. Use getDataSource to find out which properties a filter can name. Does not return the text of the pages.',
    input: {
      dataSourceId: dataSourceId(),
      filter: jsonText(10_000)
        .optional()
        .describe(
          'Filter in JSON, for example {"property": "Status", "status": {"equals": "Done"}}. Without one: all rows',
        ),
      ...listPage,
    },
  }),
};
