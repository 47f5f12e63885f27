import { z } from 'zod';
import {
  defineGoogleApi,
  googleScope,
  lenientText,
  lenientTexts,
  optionalNumbers,
} from '../../google_apis/index.ts';
import { textOf } from '../../operations/index.ts';

/** Origin of the API. */
export const SHEETS_API = 'https://sheets.googleapis.com';

const SPREADSHEETS = googleScope('spreadsheets');
const FILES = [googleScope('drive'), googleScope('drive.file')] as const;
const READ_ONLY = googleScope('spreadsheets.readonly');

/** Declares operations of version 4 of the API of Google Sheets. */
export const { operation } = defineGoogleApi({
  name: 'Google Sheets API',
  baseUrl: SHEETS_API,
  oauthScopes: {
    read: [[READ_ONLY, SPREADSHEETS, googleScope('drive.readonly'), ...FILES]],
    change: [[SPREADSHEETS, ...FILES]],
  },
});

/** Input that selects a spreadsheet. */
export const spreadsheetOf = {
  spreadsheetId: textOf(256).describe(
    'Id of the spreadsheet: the part of its URL between /d/ and /edit',
  ),
};

/** Properties of a sheet, which is a tab of a spreadsheet. */
export const sheetProperties = z.object({
  ...optionalNumbers('sheetId', 'index'),
  ...lenientTexts('title', 'sheetType'),
  hidden: z.boolean().optional(),
  gridProperties: z.object(optionalNumbers('rowCount', 'columnCount', 'frozenRowCount')).optional(),
});

/** A spreadsheet with its sheets, without cells. */
export const spreadsheet = z.object({
  spreadsheetId: z.string(),
  spreadsheetUrl: lenientText(),
  properties: z.object(lenientTexts('title', 'locale', 'timeZone')).optional(),
  sheets: z.array(z.object({ properties: sheetProperties.optional() })).optional(),
  namedRanges: z.array(z.object(lenientTexts('namedRangeId', 'name'))).optional(),
});
