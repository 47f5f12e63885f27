import { z } from 'zod';
import { composed, textOf } from '../../operations/index.ts';
import { operation, sheetProperties, spreadsheet, spreadsheetOf } from './sheets_api.ts';

const FIELDS =
  'spreadsheetId,spreadsheetUrl,properties(title,locale,timeZone),sheets.properties,namedRanges(namedRangeId,name)';

const title = () => textOf(100);

const batchUpdate = operation('POST /v4/spreadsheets/{spreadsheetId}:batchUpdate', {
  scope: 'write',
  input: { ...spreadsheetOf, requests: z.array(z.looseObject({})) },
  output: z.object({
    replies: z.array(z.object({ addSheet: z.object({ properties: sheetProperties }) })).min(1),
  }),
});

const size = () => z.int().min(1);

/** Actions for spreadsheets and their sheets. */
export const spreadsheetActions = {
  getSpreadsheet: operation('GET /v4/spreadsheets/{spreadsheetId}', {
    description:
      'Reads the title of a spreadsheet, and the names and sizes of its sheets. Does not return cells: use readRange.',
    input: spreadsheetOf,
    fixed: { query: { fields: FIELDS } },
    output: spreadsheet,
  }),
  createSpreadsheet: operation('POST /v4/spreadsheets', {
    scope: 'write',
    description:
      "Creates a spreadsheet in the user's Google Drive, by default with one empty sheet. Returns its id and link.",
    input: {
      title: textOf(500).describe('Title of the spreadsheet'),
      sheetTitles: z
        .array(title())
        .min(1)
        .max(50)
        .transform((titles) => titles.map((one) => ({ properties: { title: one } })))
        .optional()
        .describe('Names of its sheets'),
    },
    wire: { title: 'properties.title', sheetTitles: 'sheets' },
    fixed: { query: { fields: FIELDS } },
    output: spreadsheet,
  }),
  addSheet: composed([batchUpdate], {
    description:
      'Adds an empty sheet to a spreadsheet, at the end or at a position. Returns its id and size. Fails if a sheet has the name already.',
    input: z.strictObject({
      ...spreadsheetOf,
      title: title().describe('Name of the sheet'),
      index: z
        .int()
        .min(0)
        .max(10_000)
        .optional()
        .describe('Position, 0 is the first. Default: last'),
      rowCount: size().max(100_000).optional().describe('Number of rows'),
      columnCount: size().max(1_000).optional().describe('Number of columns'),
    }),
    output: sheetProperties,
    handler: async (context, { spreadsheetId: id, rowCount, columnCount, ...properties }) => {
      const gridProperties = { rowCount, columnCount };
      const { replies } = await batchUpdate.call(context, {
        spreadsheetId: id,
        requests: [{ addSheet: { properties: { ...properties, gridProperties } } }],
      });
      return replies[0]?.addSheet.properties;
    },
  }),
};
