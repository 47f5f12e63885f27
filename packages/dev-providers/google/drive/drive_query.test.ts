import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DriveQueryError, parseDriveQuery, type QueriedFile } from './drive_query.ts';

const plan: QueriedFile = {
  name: "Ana's quarterly plan",
  mimeType: 'application/vnd.google-apps.document',
  parents: ['folder-1'],
  owner: 'ana@example.com',
  trashed: false,
  createdTime: '2026-01-01T00:00:00.000Z',
  modifiedTime: '2026-03-02T10:30:00.000Z',
  fullText: "Ana's quarterly plan\nShip the connectors in March.",
};

describe('a Drive query', () => {
  it.each([
    ["name contains 'plan'", true],
    ["name contains 'PLA'", true],
    ["name contains 'lan'", false],
    ["name contains 'quarterly pl'", true],
    ["name = 'ana\\'s quarterly plan'", true],
    ["name != 'Budget'", true],
    ["fullText contains 'connectors'", true],
    ["fullText contains 'connector'", false],
    ["fullText contains 'march plan'", true],
    ['fullText contains \'"march plan"\'', false],
    ["mimeType = 'application/vnd.google-apps.document'", true],
    ["mimeType contains 'application/vnd'", true],
    ["mimeType != 'application/vnd.google-apps.folder'", true],
    ["'folder-1' in parents", true],
    ["'root' in parents", false],
    ["'ana@example.com' in owners", true],
    ['trashed=false', true],
    ['trashed = true', false],
    ['trashed != true', true],
    ['sharedWithMe = true', false],
    ["modifiedTime > '2026-03-01T00:00:00'", true],
    ["modifiedTime <= '2026-03-01T00:00:00Z'", false],
    ["not name contains 'plan'", false],
    ["name contains 'x' or name contains 'plan' and trashed = false", true],
    ["(name contains 'x' or name contains 'plan') and trashed = true", false],
    ['', true],
  ])('has the same result as at Google: %s', (query, expected) => {
    expect(parseDriveQuery(query)(plan)).toBe(expected);
  });

  it.each([
    'plan',
    'name contains plan',
    "name like 'x'",
    "colour = 'red'",
    "name contains 'x' and",
    "(name contains 'x'",
    "name contains 'x' name contains 'y'",
    "'a' in somewhere",
    "'a' of parents",
    'trashed = maybe',
    "modifiedTime > 'soon'",
    "modifiedTime contains '2026'",
    "name < 'x'",
    "name contains 'open",
    `${'('.repeat(200)}trashed = true${')'.repeat(200)}`,
  ])('is refused when it is %s', (query) => {
    expect(() => parseDriveQuery(query)).toThrow(DriveQueryError);
  });

  it('finds every file by the words of its name, even with special characters', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, maxLength: 30 }), (name) => {
        const quoted = name.replace(/['\\]/g, (character) => `\\${character}`);
        expect(parseDriveQuery(`name = '${quoted}'`)({ ...plan, name })).toBe(true);
      }),
    );
  });

  it('throws no error other than DriveQueryError', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 80 }), (query) => {
        try {
          parseDriveQuery(query);
        } catch (error) {
          expect(error).toBeInstanceOf(DriveQueryError);
        }
      }),
    );
  });
});
