import { z } from 'zod';
import { optionalInteger, textOf } from '../../operations/index.ts';
import { operation, sheetProperties, spreadsheet, spreadsheetOf } from './sheets_api.ts';

const FIELDS =
  'spreadsheetId,spreadsheetUrl,properties(title,locale,timeZone),sheets.properties,namedRanges(namedRangeId,name)';
/** Path to a new sheet in a request. */
const SHEET = 'requests.0.addSheet.properties';

const title = () => textOf(100);

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
        .array(title().transform((name) => ({ properties: { title: name } })))
        .min(1)
        .max(50)
        .optional()
        .describe('Names of its sheets'),
    },
    wire: { title: 'properties.title', sheetTitles: 'sheets' },
    fixed: { query: { fields: FIELDS } },
    output: spreadsheet,
  }),
  addSheet: operation('POST /v4/spreadsheets/{spreadsheetId}:batchUpdate', {
    scope: 'write',
    description:
      'Adds an empty sheet to a spreadsheet, at the end or at a position. Returns its id and size. Fails if a sheet has the name already.',
    input: {
      ...spreadsheetOf,
      title: title().describe('Name of the sheet'),
      index: optionalInteger(0, 10_000).describe('Position, 0 is the first. Default: last'),
      rowCount: optionalInteger(1, 100_000).describe('Number of rows'),
      columnCount: optionalInteger(1, 1_000).describe('Number of columns'),
    },
    wire: {
      title: `${SHEET}.title`,
      index: `${SHEET}.index`,
      rowCount: `${SHEET}.gridProperties.rowCount`,
      columnCount: `${SHEET}.gridProperties.columnCount`,
    },
    fixed: { body: { [`${SHEET}.gridProperties`]: {} } },
    result: 'replies.0.addSheet.properties',
    output: sheetProperties,
  }),
};
