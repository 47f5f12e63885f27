import { z } from 'zod';
import { jsonText } from '../../operations/index.ts';
import { dataSource, id, listPage, listPages, operation, page } from './notion_api.ts';

const dataSourceId = () => id().describe('Id of the data source, not of its database');

/** Actions for data sources. */
export const dataSourceActions = {
  getDataSource: operation('GET /v1/data_sources/{data_source_id}', {
    description:
      'Reads title and schema of one data source, the table of a database: names, types and options of its properties. ' +
      'Use it before queryDataSource to write a filter. Does not return rows.',
    input: { dataSourceId: dataSourceId() },
    output: dataSource,
  }),
  queryDataSource: operation('POST /v1/data_sources/{data_source_id}/query', {
    scope: 'read',
    isQuery: true,
    description:
      'Returns the rows of a data source, which are pages with their properties, one page of results at a time. ' +
      'Use getDataSource to find out which properties a filter can name. Does not return the text of the pages.',
    input: {
      dataSourceId: dataSourceId(),
      filter: jsonText(10_000)
        .optional()
        .describe(
          'Filter in JSON, for example {"property": "Status", "status": {"equals": "Done"}}. Without one: all rows',
        ),
      ...listPage,
    },
    output: z.discriminatedUnion('object', [page, dataSource]),
    pages: listPages,
  }),
};
