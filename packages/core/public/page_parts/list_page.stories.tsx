import { EuiButton, EuiEmptyPrompt, EuiFilterButton, EuiFilterGroup } from '@elastic/eui';
import type { ReactElement } from 'react';
import type { StoryGroup } from '../stories.ts';
import { ListPage, type ListPageProps } from './list_page.tsx';
import { ListTable } from './list_table.tsx';
import { TableToolbar } from './table_toolbar.tsx';

const nothing = (): void => undefined;
const entry = (number: number) => ({ id: `e${number}`, name: `Entry ${number}` });

const table = (count: number) => (
  <ListTable
    caption="Entries"
    items={Array.from({ length: count }, (_, index) => entry(index + 1))}
    itemId="id"
    columns={[
      { field: 'name', name: 'Name' },
      { field: 'id', name: 'Identifier' },
    ]}
    noMatch="No entry contains this text"
  />
);

const page = (changes: Partial<ListPageProps> = {}) => (
  <ListPage
    title="Entries"
    description="What this page lists, in one sentence."
    create={{ label: 'Create entry', onClick: nothing }}
    search={{ label: 'Search by name', value: '', onChange: nothing }}
    isLoading={false}
    {...changes}
  >
    {changes.children ?? table(3)}
  </ListPage>
);

const chosen = (action: ReactElement | undefined) => (
  <>
    <TableToolbar count="3 entries" action={action} />
    {table(3)}
  </>
);

/** States of the frame of a page with a list. */
export const stories: StoryGroup = {
  title: 'List page',
  stories: [
    { name: 'list', render: () => page() },
    { name: 'several pages', render: () => page({ children: table(60) }) },
    {
      name: 'with filters',
      render: () =>
        page({
          filters: (
            <EuiFilterGroup>
              <EuiFilterButton>Type</EuiFilterButton>
              <EuiFilterButton>Status</EuiFilterButton>
            </EuiFilterGroup>
          ),
        }),
    },
    { name: 'number of entries', render: () => page({ children: chosen(undefined) }) },
    {
      name: 'chosen entries',
      render: () =>
        page({
          children: chosen(
            <EuiButton size="s" color="danger" iconType="trash">
              Delete 2 entries
            </EuiButton>,
          ),
        }),
    },
    { name: 'loading', render: () => page({ isLoading: true }) },
    { name: 'nothing matches', render: () => page({ children: table(0) }) },
    {
      name: 'failed',
      render: () => page({ failure: { text: 'The server does not respond.', onRetry: nothing } }),
    },
    {
      name: 'out of date',
      render: () => page({ outdated: { text: 'The server does not respond.', onRetry: nothing } }),
    },
    {
      name: 'empty',
      render: () =>
        page({ empty: <EuiEmptyPrompt iconType="document" title={<h2>No entries</h2>} /> }),
    },
    { name: 'without the right to create', render: () => page({ create: undefined }) },
  ],
};
