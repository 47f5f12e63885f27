import { PAGE_SIZES } from '@latchkey/core/public/page_parts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type PageState, readPageState, writePageState } from './page_state.ts';
import { SORT_FIELDS, STATUS_GROUPS } from './select_connectors.ts';

const read = (query: string) => readPageState(new URLSearchParams(query));

describe('the state of the page in the URL', () => {
  it('has a default for each part that is not in the URL', () => {
    expect(read('')).toEqual({
      query: {
        text: '',
        types: [],
        auth: [],
        status: [],
        sort: 'name',
        isDescending: false,
        page: 0,
        pageSize: 25,
      },
      flyout: undefined,
    });
    expect(writePageState(read('')).toString()).toBe('');
  });

  it.each([
    'q=drive&type=.http&type=.google_drive&auth=per-user&status=attention&sort=-type&page=3&size=50',
    'edit=my-drive',
    'edit=my-drive&tab=test',
    'create=',
    'create=.google_drive',
  ])('is unchanged after a reload for the query %s', (query) => {
    expect(writePageState(read(query)).toString()).toBe(query);
  });

  it('is unchanged after a reload, for any filters and any open flyout', () => {
    const tab = fc.constantFrom('configuration', 'test', 'users');
    const state: fc.Arbitrary<PageState> = fc.record({
      query: fc.record({
        text: fc.string(),
        types: fc.uniqueArray(fc.string()),
        auth: fc.uniqueArray(fc.constantFrom('shared', 'per-user')),
        status: fc.uniqueArray(fc.constantFrom(...STATUS_GROUPS)),
        sort: fc.constantFrom(...SORT_FIELDS),
        isDescending: fc.boolean(),
        page: fc.nat(),
        pageSize: fc.constantFrom(...PAGE_SIZES),
      }),
      flyout: fc.oneof(
        fc.constant(undefined),
        fc.record({
          kind: fc.constant('create'),
          typeId: fc.option(
            fc.string().map((id) => `.${id}`),
            { nil: undefined },
          ),
        }),
        fc.record({ kind: fc.constant('edit'), id: fc.string({ minLength: 1 }), tab }),
      ),
    });
    fc.assert(
      fc.property(state, (before) => {
        expect(read(writePageState(before).toString())).toEqual(before);
      }),
    );
  });

  it('can be read from any query, and is written with the same meaning', () => {
    const name = fc.constantFrom(
      'q',
      'type',
      'auth',
      'status',
      'sort',
      'page',
      'size',
      'edit',
      'tab',
    );
    const value = fc.oneof(fc.string(), fc.integer().map(String), fc.constant('1e400'));
    fc.assert(
      fc.property(fc.array(fc.tuple(name, value)), (pairs) => {
        const state = read(new URLSearchParams(pairs).toString());
        expect(read(writePageState(state).toString())).toEqual(state);
      }),
    );
  });

  it.each(['page=0', 'page=-3', 'page=x', 'size=7', 'sort=nonsense', 'status=x', 'auth=x'])(
    'ignores %s',
    (query) => expect(read(query)).toEqual(read('')),
  );

  it('contains the first tab when the URL names an unknown tab', () => {
    expect(read('edit=x&tab=y').flyout).toEqual({ kind: 'edit', id: 'x', tab: 'configuration' });
  });

  it('contains the choice of types when the URL names a value that is not a type', () => {
    expect(read('create=true').flyout).toEqual({ kind: 'create', typeId: undefined });
  });
});
