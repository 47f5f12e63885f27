import { EuiBasicTable, type EuiBasicTableColumn } from '@elastic/eui';
import { useState } from 'react';
import { NoMatch } from './no_match.tsx';
import { PAGE_SIZES, pageOf, SMALLEST_PAGE } from './paging.ts';

/** Table of entries that are all loaded. The table has pages when there are many entries. */
export function ListTable<T extends object>(props: {
  /** Name of the table for screen readers. */
  readonly caption: string;
  readonly items: readonly T[];
  readonly itemId: keyof T & string;
  readonly columns: EuiBasicTableColumn<T>[];
  /** Shown in place of the table when no entry matches the search. */
  readonly noMatch: string;
}) {
  const { caption, items, itemId, columns, noMatch } = props;
  const [page, setPage] = useState({ index: 0, size: SMALLEST_PAGE });
  const shown = pageOf(items, page);
  if (items.length === 0) return <NoMatch title={noMatch} />;
  return (
    <EuiBasicTable<T>
      tableCaption={caption}
      items={shown.items}
      itemId={itemId}
      columns={columns}
      {...(items.length <= SMALLEST_PAGE
        ? {}
        : {
            pagination: {
              pageIndex: shown.index,
              pageSize: page.size,
              totalItemCount: items.length,
              pageSizeOptions: PAGE_SIZES,
            },
          })}
      onChange={({ page: next }) => {
        if (next !== undefined) setPage({ index: next.index, size: next.size });
      }}
    />
  );
}
