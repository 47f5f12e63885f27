export { googleSheets } from './google_sheets.ts';
