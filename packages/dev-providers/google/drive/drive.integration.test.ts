import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { callWith, connect } from '../../test_client.mock.ts';
import { type GoogleEmulator, startGoogle } from '../index.ts';

let google: GoogleEmulator;
let token: string;

beforeAll(async () => {
  google = await startGoogle({ port: 0 });
  const tokens = await connect(
    {
      authorizationEndpoint: google.authorizationEndpoint,
      tokenEndpoint: google.tokenEndpoint,
      clientId: google.client.clientId,
      clientSecret: google.client.clientSecret,
      scope: 'https://www.googleapis.com/auth/drive',
      extra: { access_type: 'offline' },
    },
    'ana',
  );
  token = tokens.access_token;
});
afterAll(() => google.stop());

const get = (path: string, query: Record<string, string> = {}) =>
  callWith(`${google.origin}/drive/v3/${path}?${new URLSearchParams(query)}`, token);

async function names(query: Record<string, string>): Promise<string[]> {
  const response = await get('files', query);
  expect(response.status).toBe(200);
  const body = (await response.json()) as { files: { name: string }[] };
  return body.files.map((file) => file.name);
}

describe('Drive of the Google emulator', () => {
  it('searches by name, text, folder and trash', async () => {
    const live = (q: string) => names({ q: `${q} and trashed=false`, orderBy: 'name' });
    expect(await live("name contains 'plan'")).toEqual(['Planning', 'Quarterly plan']);
    expect(await live("fullText contains 'budget'")).toEqual(['Budget 2026', 'Quarterly plan']);
    expect(await live("'ana-folder-planning' in parents")).toEqual([
      'Budget 2026',
      'Quarterly plan',
    ]);
    expect(await names({ q: 'trashed=true' })).toEqual(['Old roadmap plan']);
  });

  it('sorts and returns every file once over all pages', async () => {
    const seen: string[] = [];
    let pageToken = '';
    do {
      const response = await get('files', {
        pageSize: '2',
        orderBy: 'modifiedTime desc',
        fields: 'nextPageToken,files(name,modifiedTime)',
        ...(pageToken === '' ? {} : { pageToken }),
      });
      const page = (await response.json()) as { nextPageToken?: string; files: { name: string }[] };
      expect(page.files.length).toBeLessThanOrEqual(2);
      seen.push(...page.files.map((file) => file.name));
      pageToken = page.nextPageToken ?? '';
    } while (pageToken !== '');
    expect(seen).toEqual([
      'Launch checklist.txt',
      'Quarterly plan',
      'Budget 2026',
      'Offer letter.pdf',
      'Planning',
      'Old roadmap plan',
    ]);
  });

  it('returns only the requested metadata fields', async () => {
    const response = await get('files/ana-offer-letter', {
      fields: 'id,size,mimeType,owners(emailAddress)',
    });
    expect(await response.json()).toEqual({
      id: 'ana-offer-letter',
      mimeType: 'application/pdf',
      size: expect.stringMatching(/^\d+$/),
      owners: [{ emailAddress: 'ana@example.com' }],
    });
    expect(Object.keys((await (await get('files/ana-offer-letter')).json()) as object)).toEqual([
      'kind',
      'id',
      'name',
      'mimeType',
    ]);
  });

  it('returns the bytes of ordinary files', async () => {
    const text = await get('files/ana-launch-checklist', { alt: 'media' });
    expect(await text.text()).toContain('café at noon ☕');
    const pdf = Buffer.from(
      await (await get('files/ana-offer-letter', { alt: 'media' })).arrayBuffer(),
    );
    expect(pdf.subarray(0, 5).toString()).toBe('%PDF-');
    const { size } = (await (await get('files/ana-offer-letter', { fields: 'size' })).json()) as {
      size: string;
    };
    expect(pdf.length).toBe(Number(size));
  });

  it.each([
    ['ana-quarterly-plan', 'text/markdown', /Ship the connectors/],
    ['ana-quarterly-plan', 'application/pdf', /^%PDF-/],
    ['ana-budget-2026', 'text/csv', /salaries,120000/],
    ['ana-budget-2026', 'text/tab-separated-values', /salaries\t120000/],
  ])('exports the document %s as %s', async (id, mimeType, content) => {
    const response = await get(`files/${id}/export`, { mimeType });
    expect(response.headers.get('content-type')).toBe(mimeType);
    expect(await response.text()).toMatch(content);
  });

  it('exports a spreadsheet as a workbook', async () => {
    const mimeType = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';
    const response = await get('files/ana-budget-2026/export', { mimeType });
    const bytes = Buffer.from(await response.arrayBuffer());
    expect(bytes.readUInt32LE(0)).toBe(0x04034b50);
    expect(bytes.readUInt32LE(bytes.length - 22)).toBe(0x06054b50);
    expect(bytes.includes('<t>salaries</t>')).toBe(true);
  });

  it.each([
    ['files/ana-quarterly-plan', { alt: 'media' }, 403, 'fileNotDownloadable'],
    ['files/ana-offer-letter/export', { mimeType: 'text/plain' }, 403, 'fileNotExportable'],
    ['files/ana-quarterly-plan/export', { mimeType: 'image/gif' }, 400, 'badRequest'],
    ['files/unknown', {}, 404, 'notFound'],
    ['files', { q: 'plan' }, 400, 'invalid'],
    ['files', { orderBy: 'colour' }, 400, 'invalid'],
    ['files', { pageSize: '1001' }, 400, 'invalid'],
    ['files', { pageToken: 'x' }, 400, 'invalid'],
    ['files', { fields: 'files(' }, 400, 'invalidParameter'],
    ['about', {}, 400, 'required'],
  ])('for the path %s with the query %j, responds with %i', async (path, query, status, reason) => {
    const response = await get(path, query as Record<string, string>);
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({
      error: { code: status, errors: [{ reason }] },
    });
  });

  it('returns the owner of the Drive', async () => {
    const response = await get('about', { fields: 'user(emailAddress,displayName)' });
    expect(await response.json()).toEqual({
      user: { emailAddress: 'ana@example.com', displayName: 'Ana Alvarez' },
    });
  });
});
