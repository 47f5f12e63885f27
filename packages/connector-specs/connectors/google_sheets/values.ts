import { z } from 'zod';
import { lenientText, lenientTexts, optionalNumbers } from '../../google_apis/index.ts';
import { choice, textOf } from '../../operations/index.ts';
import { operation, spreadsheetOf } from './sheets_api.ts';

/** Cells that were read. Empty rows and cells at the end are missing. */
const valueRange = z.object({
  ...lenientTexts('range', 'majorDimension'),
  values: z.array(z.array(z.unknown())).default([]),
});
/** Range of a change, and the number of changed cells. */
const updatedCells = z.object({
  ...lenientTexts('spreadsheetId', 'updatedRange'),
  ...optionalNumbers('updatedRows', 'updatedColumns', 'updatedCells'),
});

const A1 = 'for example Sales!A1:C10, or Sales for the whole sheet';
/** Range of cells of a sheet. The name of the sheet has at most 100 characters. */
const rangeOf = (meaning: string) => ({
  ...spreadsheetOf,
  range: textOf(150).describe(`${meaning} in A1 notation, ${A1}`),
});
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
/** Value of a cell. `null` leaves the cell unchanged, and `""` empties it. */
const cell = z.union([z.number(), z.boolean(), z.null(), z.string().max(50_000)]);
/** Inputs of a write. Formulas are calculated only if the input asks for that. */
const written = {
  values: z
    .array(z.array(cell).max(1_000))
    .min(1)
    .max(10_000)
    .describe('Rows of cells: texts, numbers, true or false'),
  valueInputOption: choice(['RAW', 'USER_ENTERED'], 'RAW').describe(
    'RAW: stores values as they are; USER_ENTERED: as if typed, so that formulas and dates are recognized',
  ),
};

/** Actions that read and change cells. */
export const valueActions = {
  readRange: operation('GET /v4/spreadsheets/{spreadsheetId}/values/{range}', {
    description:
      'Reads the values of one range of a spreadsheet, as rows of cells. Empty rows and cells at the end are missing. Use getSpreadsheet for the names of its sheets.',
    input: { ...rangeOf('Range to read'), ...rendering },
    output: valueRange,
  }),
  readRanges: operation('GET /v4/spreadsheets/{spreadsheetId}/values:batchGet', {
    description:
      'Reads the values of up to 50 ranges of one spreadsheet in one request, in the order of the ranges. Empty rows and cells at the end are missing.',
    input: {
      ...spreadsheetOf,
      ranges: z.array(textOf(150)).min(1).max(50).describe(`Ranges in A1 notation, ${A1}`),
      ...rendering,
    },
    output: z.object({
      spreadsheetId: lenientText(),
      valueRanges: z.array(valueRange).default([]),
    }),
  }),
  appendRows: operation('POST /v4/spreadsheets/{spreadsheetId}/values/{range}:append', {
    scope: 'write',
    description:
      'Inserts rows below the table that a range contains, and keeps what is below it. Returns the range of the new rows. Use updateRange to overwrite cells.',
    input: { ...rangeOf('Range with the table'), ...written },
    wire: { valueInputOption: { in: 'query' } },
    fixed: { query: { insertDataOption: 'INSERT_ROWS' } },
    output: z.object({
      ...lenientTexts('spreadsheetId', 'tableRange'),
      updates: updatedCells.optional(),
    }),
  }),
  updateRange: operation('PUT /v4/spreadsheets/{spreadsheetId}/values/{range}', {
    description:
      'Overwrites the cells of one range with values; null leaves a cell unchanged and an empty text empties it. The former values are lost. Returns the number of changed cells.',
    input: {
      ...rangeOf('Range to overwrite'),
      ...written,
      majorDimension: rendering.majorDimension,
    },
    wire: { valueInputOption: { in: 'query' } },
    output: updatedCells,
  }),
  clearRange: operation('POST /v4/spreadsheets/{spreadsheetId}/values/{range}:clear', {
    scope: 'destroy',
    description:
      'Empties the cells of one range and keeps their format. The former values are lost. Returns the emptied range.',
    input: rangeOf('Range to empty'),
    output: z.object(lenientTexts('spreadsheetId', 'clearedRange')),
    isRepeatable: true,
  }),
};
