import { z } from 'zod';
import { defineGoogleApi, text, texts } from '../../google_apis/index.ts';
import { numbers, textOf } from '../../operations/index.ts';

/** Origin of the API. */
export const SHEETS_API = 'https://sheets.googleapis.com';

/** Declares operations of version 4 of the API of Google Sheets. */
export const { operation } = defineGoogleApi({ name: 'Google Sheets API', baseUrl: SHEETS_API });

const scope = (name: string) => `https://www.googleapis.com/auth/${name}`;

/** Reads and changes spreadsheets. */
const SPREADSHEETS = scope('spreadsheets');

/** Any of the scopes permits reading. */
export const READ = [
  [
    scope('spreadsheets.readonly'),
    SPREADSHEETS,
    scope('drive.readonly'),
    scope('drive'),
    scope('drive.file'),
  ],
] as const;

/** Any of the scopes permits changing. */
export const CHANGE = [[SPREADSHEETS, scope('drive'), scope('drive.file')]] as const;

/** Id of a spreadsheet. */
export const spreadsheetId = () =>
  textOf(256).describe('Id of the spreadsheet: the part of its URL between /d/ and /edit');

/** Range of cells of a sheet, in A1 notation. The name of the sheet has at most 100 characters. */
export const range = () => textOf(150);

/** `null` leaves a cell unchanged, and `""` empties it. */
const cell = z.union([z.number(), z.boolean(), z.null(), z.string().max(50_000)]);

/** Rows of cells. */
export const rows = () => z.array(z.array(cell).max(1_000)).min(1).max(10_000);

/** How written values are read. Formulas are only calculated on request. */
export const valueInputOption = () =>
  z
    .enum(['RAW', 'USER_ENTERED'])
    .default('RAW')
    .describe(
      'RAW: stores values as they are; USER_ENTERED: as if typed, so that formulas and dates are recognized',
    );

/** Number that may be missing. */
const number = () => z.number().optional();

/** Cells that were read. Empty rows and cells at the end are missing. */
export const valueRange = z.object({
  ...texts('range', 'majorDimension'),
  values: z.array(z.array(z.unknown())).default([]),
});

/** Range and size of a change. */
export const updatedCells = z.object({
  ...texts('spreadsheetId', 'updatedRange'),
  ...numbers('updatedRows', 'updatedColumns', 'updatedCells'),
});

/** A sheet, which is a tab of a spreadsheet. */
export const sheetProperties = z.object({
  sheetId: number(),
  title: text(),
  index: number(),
  sheetType: text(),
  hidden: z.boolean().optional(),
  gridProperties: z.object({ ...numbers('rowCount', 'columnCount', 'frozenRowCount') }).optional(),
});

/** A spreadsheet with its sheets, without cells. */
export const spreadsheet = z.object({
  spreadsheetId: z.string(),
  spreadsheetUrl: text(),
  properties: z.object({ ...texts('title', 'locale', 'timeZone') }).optional(),
  sheets: z.array(z.object({ properties: sheetProperties.optional() })).optional(),
  namedRanges: z.array(z.object({ ...texts('namedRangeId', 'name') })).optional(),
});
