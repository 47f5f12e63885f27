export { pdfOf } from './pdf.ts';
export { documentType, driveItems, folderType, seedFiles, spreadsheetType } from './seed_files.ts';
export { seedEvents, seedMessages } from './seed_mail_and_events.ts';
