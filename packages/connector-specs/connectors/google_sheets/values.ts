import { z } from 'zod';
import { text, texts } from '../../google_apis/index.ts';
import {
  CHANGE,
  operation,
  READ,
  range,
  rows,
  spreadsheetId,
  updatedCells,
  valueInputOption,
  valueRange,
} from './sheets_api.ts';

const A1 = 'for example Sales!A1:C10, or Sales for the whole sheet';
const toRead = `Range to read in A1 notation, ${A1}`;

const rendering = {
  majorDimension: z
    .enum(['ROWS', 'COLUMNS'])
    .optional()
    .describe('Values by rows or by columns. Default: ROWS'),
  valueRenderOption: z
    .enum(['FORMATTED_VALUE', 'UNFORMATTED_VALUE', 'FORMULA'])
    .optional()
    .describe('Values as displayed, as numbers without format, or as formulas. Default: displayed'),
  dateTimeRenderOption: z
    .enum(['SERIAL_NUMBER', 'FORMATTED_STRING'])
    .optional()
    .describe('Dates without format: as numbers of days, or as displayed. Default: SERIAL_NUMBER'),
};

/** Actions that read and change cells. */
export const valueActions = {
  readRange: operation('GET /v4/spreadsheets/{spreadsheetId}/values/{range}', {
    description:
      'Reads the values of one range of a spreadsheet, as rows of cells. Empty rows and cells at the end are missing. Use getSpreadsheet for the names of its sheets.',
    input: { spreadsheetId: spreadsheetId(), range: range().describe(toRead), ...rendering },
    output: valueRange,
    oauthScopes: READ,
  }),
  readRanges: operation('GET /v4/spreadsheets/{spreadsheetId}/values:batchGet', {
    description:
      'Reads the values of up to 50 ranges of one spreadsheet at once, in the order of the ranges. Empty rows and cells at the end are missing.',
    input: {
      spreadsheetId: spreadsheetId(),
      ranges: z.array(range()).min(1).max(50).describe(`Ranges in A1 notation, ${A1}`),
      ...rendering,
    },
    output: z.object({ spreadsheetId: text(), valueRanges: z.array(valueRange).default([]) }),
    oauthScopes: READ,
  }),
  appendRows: operation('POST /v4/spreadsheets/{spreadsheetId}/values/{range}:append', {
    scope: 'write',
    description:
      'Inserts rows below the table that a range contains, and keeps what is below it. Returns the range of the new rows. Use updateRange to overwrite cells.',
    input: {
      spreadsheetId: spreadsheetId(),
      range: range().describe(`Range with the table in A1 notation, ${A1}`),
      values: rows().describe('Rows of cells: texts, numbers, true or false'),
      valueInputOption: valueInputOption(),
    },
    wire: { valueInputOption: { in: 'query' } },
    fixed: { query: { insertDataOption: 'INSERT_ROWS' } },
    output: z.object({
      spreadsheetId: text(),
      tableRange: text(),
      updates: updatedCells.optional(),
    }),
    oauthScopes: CHANGE,
  }),
  updateRange: operation('PUT /v4/spreadsheets/{spreadsheetId}/values/{range}', {
    scope: 'destroy',
    description:
      'Overwrites the cells of one range with values; null leaves a cell unchanged and an empty text empties it. The former values are lost. Returns the number of changed cells.',
    input: {
      spreadsheetId: spreadsheetId(),
      range: range().describe(`Range to overwrite in A1 notation, ${A1}`),
      values: rows().describe('Rows of cells: texts, numbers, true or false'),
      majorDimension: rendering.majorDimension,
      valueInputOption: valueInputOption(),
    },
    wire: { valueInputOption: { in: 'query' } },
    output: updatedCells,
    oauthScopes: CHANGE,
    isRepeatable: true,
  }),
  clearRange: operation('POST /v4/spreadsheets/{spreadsheetId}/values/{range}:clear', {
    scope: 'destroy',
    description:
      'Empties the cells of one range and keeps their format. The former values are lost. Returns the emptied range.',
    input: {
      spreadsheetId: spreadsheetId(),
      range: range().describe(`Range to empty in A1 notation, ${A1}`),
    },
    output: z.object({ ...texts('spreadsheetId', 'clearedRange') }),
    oauthScopes: CHANGE,
    isRepeatable: true,
  }),
};
