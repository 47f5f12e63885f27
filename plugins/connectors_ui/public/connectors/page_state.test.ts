import { describe, expect, it } from '@jest/globals';
import { readPageState, writePageState } from './page_state.ts';

const read = (query: string) => readPageState(new URLSearchParams(query));

describe('the state of the page in the URL', () => {
  it('has defaults', () => {
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
  ])('is the same after a reload of %s', (query) => {
    expect(writePageState(read(query)).toString()).toBe(query);
  });

  it.each(['page=0', 'page=-3', 'page=x', 'size=7', 'sort=nonsense', 'status=x', 'auth=x'])(
    'ignores %s',
    (query) => expect(read(query)).toEqual(read('')),
  );

  it('opens the first tab for a tab that does not exist', () => {
    expect(read('edit=x&tab=y').flyout).toEqual({ kind: 'edit', id: 'x', tab: 'configuration' });
  });

  it('opens the choice of types for a value that is no type', () => {
    expect(read('create=true').flyout).toEqual({ kind: 'create', typeId: undefined });
  });
});
