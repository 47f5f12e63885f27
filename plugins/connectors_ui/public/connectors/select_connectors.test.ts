import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { aConnection, aConnectorRow, anOverview } from './rows.mock.ts';
import {
  type ConnectorRow,
  countTypes,
  createConnectorSelection,
  type TableQuery,
  toRows,
} from './select_connectors.ts';

const ALL: TableQuery = {
  text: '',
  types: [],
  auth: [],
  status: [],
  sort: 'name',
  isDescending: false,
  page: 0,
  pageSize: 25,
};
const drive = aConnectorRow({ id: 'drive', name: 'Team Drive' });
const http = aConnectorRow({
  id: 'http',
  name: 'billing api',
  typeId: '.http',
  typeName: 'HTTP',
  authMode: 'shared',
  connection: undefined,
  statusGroup: 'not_applicable',
});
const old = aConnectorRow({ id: 'old', name: 'Archive', statusGroup: 'attention' });
const rows = [drive, http, old];

const idsOf = (query: Partial<TableQuery>, all: readonly ConnectorRow[] = rows) =>
  createConnectorSelection('en')(all, { ...ALL, ...query }).rows.map(({ id }) => id);

describe('the selection of connectors', () => {
  it('sorts by name without regard to letter case', () => {
    expect(idsOf({})).toEqual(['old', 'http', 'drive']);
    expect(idsOf({ isDescending: true })).toEqual(['drive', 'http', 'old']);
  });

  it('sorts numbers in names by value', () => {
    const numbered = ['c10', 'c9'].map((id) => aConnectorRow({ id, name: id }));
    expect(idsOf({}, numbered)).toEqual(['c9', 'c10']);
  });

  it('sorts connections that require an action of the user first', () => {
    expect(idsOf({ sort: 'status' })).toEqual(['old', 'drive', 'http']);
  });

  it('finds rows whose name, type, id and account together contain all words', () => {
    expect(idsOf({ text: 'google TEAM' })).toEqual(['drive']);
    expect(idsOf({ text: 'ana@example.com archive' })).toEqual(['old']);
    expect(idsOf({ text: 'nothing' })).toEqual([]);
  });

  it.each<[Partial<TableQuery>, string[]]>([
    [{ types: ['.http'] }, ['http']],
    [{ auth: ['per-user'] }, ['old', 'drive']],
    [{ status: ['attention'] }, ['old']],
    [{ status: ['attention', 'not_applicable'] }, ['old', 'http']],
    [{ auth: ['shared'], status: ['connected'] }, []],
  ])('with the filter %j selects the connectors %j', (query, ids) =>
    expect(idsOf(query)).toEqual(ids),
  );

  it('returns the last page when the wanted page no longer exists', () => {
    const many = Array.from({ length: 30 }, (_, index) =>
      aConnectorRow({ id: `c${index}`, name: `c${index}` }),
    );
    const selection = createConnectorSelection('en')(many, { ...ALL, page: 9 });
    expect([selection.page, selection.rows.length, selection.total]).toEqual([1, 5, 30]);
  });

  it('returns the first page of an empty table', () => {
    expect(createConnectorSelection('en')([], ALL)).toEqual({ rows: [], total: 0, page: 0 });
  });

  it('shows every matching row on exactly one page, for any filters', () => {
    const row = fc
      .record({
        id: fc.uuid(),
        name: fc.constantFrom('Drive', 'drive 2', 'Mail', 'Übersicht', ''),
        typeId: fc.constantFrom('.a', '.b'),
        authMode: fc.constantFrom('shared', 'per-user'),
        statusGroup: fc.constantFrom('connected', 'attention', 'unknown'),
      })
      .map((changes) => aConnectorRow({ ...changes, typeName: changes.typeId }));
    const query = fc.record({
      text: fc.constantFrom('', 'DRIVE', ' dri 2', 'zzz'),
      types: fc.subarray(['.a', '.b']),
      auth: fc.subarray(['shared', 'per-user'] as const),
      status: fc.subarray(['connected', 'attention'] as const),
      sort: fc.constantFrom('name', 'type', 'auth', 'status'),
      isDescending: fc.boolean(),
      page: fc.constant(0),
      pageSize: fc.integer({ min: 1, max: 5 }),
    }) as fc.Arbitrary<TableQuery>;
    fc.assert(
      fc.property(fc.array(row, { maxLength: 20 }), query, (all, wanted) => {
        const select = createConnectorSelection('en');
        const { total } = select(all, wanted);
        const pages = Array.from({ length: Math.ceil(total / wanted.pageSize) }, (_, page) =>
          select(all, { ...wanted, page }).rows.map(({ id }) => id),
        ).flat();
        const words = wanted.text.toLowerCase().trim().split(' ');
        const includes = <T>(chosen: readonly T[], one: T) =>
          chosen.length === 0 || chosen.includes(one);
        const matching = all.filter(
          ({ name, typeName, id, connection, ...one }) =>
            includes(wanted.types, one.typeId) &&
            includes(wanted.auth, one.authMode) &&
            includes(wanted.status, one.statusGroup) &&
            words.every((word) =>
              [name, typeName, id, connection?.account ?? ''].some((part) =>
                part.toLowerCase().includes(word),
              ),
            ),
        );
        expect(pages.toSorted()).toEqual(matching.map(({ id }) => id).toSorted());
      }),
    );
  });

  it('compares the names of 1,000 connectors only once for all filters and pages', () => {
    let reads = 0;
    const many = Array.from({ length: 1000 }, (_, index) => {
      const row = aConnectorRow({ id: `c${index}` });
      return Object.defineProperty({ ...row }, 'name', {
        get: () => {
          reads += 1;
          return `connector ${index}`;
        },
      });
    });
    const select = createConnectorSelection('en');
    select(many, ALL);
    const sorting = reads;
    select(many, { ...ALL, page: 3 });
    expect(reads).toBe(sorting);
    select(many, { ...ALL, text: '99' });
    expect(reads - sorting).toBeLessThanOrEqual(1000);
  });
});

describe('the overview of connectors', () => {
  const rowOf = (changes: Parameters<typeof anOverview>[0]) => toRows(anOverview(changes))?.[0];

  it("combines each connector with its type and the user's connection", () => {
    expect(rowOf({})).toMatchObject({
      id: 'drive',
      typeName: 'Google Drive',
      icon: 'logoGoogleG',
      authMode: 'per-user',
      statusGroup: 'connected',
      connection: { account: 'ana@example.com' },
    });
  });

  it('has rows without types and status when these could not be read', () => {
    expect(rowOf({ types: undefined, connections: undefined })).toMatchObject({
      typeName: '.google_drive',
      statusGroup: 'unknown',
    });
  });

  it('marks a connector that is unavailable on this server', () => {
    const overview = anOverview({});
    const [row] =
      toRows(overview, ({ connector_type_id: id }, types) =>
        types?.get(id)?.enabled ? 'ears' : undefined,
      ) ?? [];
    expect(row?.unavailable).toBe('ears');
    expect(rowOf({})?.unavailable).toBeUndefined();
  });

  it('is undefined when the connectors could not be read', () => {
    expect(toRows(anOverview({ connectors: undefined }))).toBeUndefined();
  });

  it.each([
    [{ status: 'needs_reauth' }, 'attention'],
    [{ status: 'expiring' }, 'attention'],
    [{ status: 'connected', missingScopes: ['x'] }, 'attention'],
    [{ status: 'refresh_failing' }, 'connected'],
    [{ status: 'refresh_failing', nextStep: 'ask_administrator' }, 'attention'],
    [{ status: 'not_connected' }, 'not_connected'],
    [{ status: 'revocation_pending' }, 'not_connected'],
    [{ status: 'unknown' }, 'unknown'],
  ] as const)('assigns %j to the status group %s', (connection, group) => {
    const connections = new Map([['drive', aConnection(connection)]]);
    expect(rowOf({ connections })?.statusGroup).toBe(group);
  });

  it('counts the connectors of each type, sorted by the name of the type', () => {
    expect(countTypes(rows)).toEqual([
      { id: '.google_drive', name: 'Google Drive', count: 2 },
      { id: '.http', name: 'HTTP', count: 1 },
    ]);
  });
});
