export { pdfOf } from './pdf.ts';
export { documentType, driveItems, folderType, seedFiles, spreadsheetType } from './seed_files.ts';
