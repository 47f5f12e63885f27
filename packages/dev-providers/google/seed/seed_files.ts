import { emailOf, type UserId } from '../../users.ts';
import { pdfOf } from './pdf.ts';

/** A file of a user's Drive. */
export interface SeedFile {
  readonly id: string;
  readonly owner: UserId;
  readonly name: string;
  readonly mimeType: string;
  /** Id of the parent folder. `root` is the user's My Drive. */
  readonly parent: string;
  /** Text of the file. `undefined` for folders. */
  readonly content: string | undefined;
  readonly modifiedTime: string;
  readonly trashed?: boolean;
}

/** MIME type of folders. */
export const folderType = 'application/vnd.google-apps.folder';
/** MIME type of Google Docs. */
export const documentType = 'application/vnd.google-apps.document';
/** MIME type of Google Sheets. */
export const spreadsheetType = 'application/vnd.google-apps.spreadsheet';

const file = (owner: UserId, id: string, rest: Omit<SeedFile, 'owner' | 'id'>): SeedFile => ({
  owner,
  id,
  ...rest,
});

/** Files of the users. Each user has different ones, so that a mix-up of users is visible. */
export const seedFiles: readonly SeedFile[] = [
  file('ana', 'ana-folder-planning', {
    name: 'Planning',
    mimeType: folderType,
    parent: 'root',
    content: undefined,
    modifiedTime: '2026-01-12T09:00:00.000Z',
  }),
  file('ana', 'ana-quarterly-plan', {
    name: 'Quarterly plan',
    mimeType: documentType,
    parent: 'ana-folder-planning',
    content: 'Quarterly plan\n\nShip the connectors. Hire one engineer. Review budget in March.\n',
    modifiedTime: '2026-03-02T10:30:00.000Z',
  }),
  file('ana', 'ana-budget-2026', {
    name: 'Budget 2026',
    mimeType: spreadsheetType,
    parent: 'ana-folder-planning',
    content: 'item,amount\nsalaries,120000\ntravel,8000\n',
    modifiedTime: '2026-02-20T16:45:00.000Z',
  }),
  file('ana', 'ana-offer-letter', {
    name: 'Offer letter.pdf',
    mimeType: 'application/pdf',
    parent: 'root',
    content: pdfOf('Offer letter for the new engineer'),
    modifiedTime: '2026-02-01T08:15:00.000Z',
  }),
  file('ana', 'ana-launch-checklist', {
    name: 'Launch checklist.txt',
    mimeType: 'text/plain',
    parent: 'root',
    content: 'Launch checklist\n- rotate keys\n- tell Ben\n- café at noon ☕\n',
    modifiedTime: '2026-03-05T12:00:00.000Z',
  }),
  file('ana', 'ana-old-roadmap', {
    name: 'Old roadmap plan',
    mimeType: documentType,
    parent: 'root',
    content: 'Superseded.\n',
    modifiedTime: '2025-06-01T07:00:00.000Z',
    trashed: true,
  }),
  file('ben', 'ben-folder-travel', {
    name: 'Travel',
    mimeType: folderType,
    parent: 'root',
    content: undefined,
    modifiedTime: '2026-01-20T09:00:00.000Z',
  }),
  file('ben', 'ben-travel-notes', {
    name: 'Travel notes',
    mimeType: documentType,
    parent: 'ben-folder-travel',
    content: 'Travel notes\n\nLisbon in May. Night train to Vienna. Keep the budget small.\n',
    modifiedTime: '2026-02-28T18:20:00.000Z',
  }),
  file('ben', 'ben-packing-list', {
    name: 'Packing list.txt',
    mimeType: 'text/plain',
    parent: 'ben-folder-travel',
    content: 'passport\nadapter\nnotebook\n',
    modifiedTime: '2026-03-01T06:10:00.000Z',
  }),
  file('ben', 'ben-floor-plan', {
    name: 'Floor plan.pdf',
    mimeType: 'application/pdf',
    parent: 'root',
    content: pdfOf('Floor plan of the flat'),
    modifiedTime: '2026-01-15T14:00:00.000Z',
  }),
  file('ben', 'ben-reading-log', {
    name: 'Reading log',
    mimeType: spreadsheetType,
    parent: 'root',
    content: 'title,pages\nThe Dispossessed,387\n',
    modifiedTime: '2026-03-03T21:00:00.000Z',
  }),
];

/**
 * The files in the format of `@emulators/google`. `port` and its defaults are overwritten here, so
 * the account contains nothing else.
 */
export const driveItems = seedFiles.map((seed) => ({
  id: seed.id,
  user_email: emailOf(seed.owner),
  name: seed.name,
  mime_type: seed.mimeType,
  parent_ids: [seed.parent],
  ...(seed.content === undefined ? {} : { data: seed.content }),
}));
