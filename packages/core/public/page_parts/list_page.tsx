import {
  EuiButton,
  EuiFieldSearch,
  EuiFlexGroup,
  EuiFlexItem,
  EuiPageHeader,
  EuiSpacer,
} from '@elastic/eui';
import { memo, type ReactElement, type ReactNode } from 'react';
import { type ListFailure, OutdatedNotice } from './list_failure.tsx';
import { ListSkeleton } from './list_skeleton.tsx';
import { LoadFailure } from './load_failure.tsx';
import { pageActions } from './page_actions.tsx';

/** Search field of a list. */
export interface ListSearch {
  /** Label that says what is searched, for example `Search by name`. */
  readonly label: string;
  readonly value: string;
  /** `true`: the shown list does not match the search text yet. */
  readonly isLoading?: boolean;
  readonly onChange: (text: string) => void;
}

/** Properties of {@link ListPage}. */
export interface ListPageProps extends ListFailure {
  readonly title: string;
  readonly description: string;
  /** Main action, which adds an entry. `undefined`: the user may not add one. */
  readonly create?: { readonly label: string; readonly onClick: () => void } | undefined;
  /** Further button to the right of the title. */
  readonly action?: ReactElement | undefined;
  /** Shown above the list, for example about a part that could not be loaded. */
  readonly notice?: ReactNode;
  readonly search?: ListSearch | undefined;
  /** Filters beside the search field. */
  readonly filters?: ReactNode;
  /** `true`: the list has not been loaded yet. */
  readonly isLoading: boolean;
  /** Shown in place of search and list when there are no entries at all. */
  readonly empty?: ReactNode;
  /** The list. It is rendered when it has been loaded. */
  readonly children: ReactNode;
}

/**
 * Page with a title, its main action, a search and a list. Until there is a list, the page shows
 * that the list loads, has failed or is empty.
 */
export function ListPage(props: ListPageProps) {
  const { title, description, create, action, empty } = props;
  const isCreateShown = create !== undefined && !hasContent(empty);
  return (
    <>
      <Header
        title={title}
        description={description}
        createLabel={isCreateShown ? create.label : undefined}
        onCreate={isCreateShown ? create.onClick : undefined}
        action={action}
      />
      <EuiSpacer size="l" />
      <Content {...props} />
    </>
  );
}

/** Title and buttons. Memoized, so that they are not rendered again with each typed letter. */
const Header = memo(function Header(
  props: Pick<ListPageProps, 'title' | 'description' | 'action'> & {
    /** Label of the main action. `undefined`: there is no button. */
    readonly createLabel: string | undefined;
    readonly onCreate: (() => void) | undefined;
  },
) {
  const { title, description, createLabel, onCreate, action } = props;
  return (
    <EuiPageHeader
      pageTitle={title}
      description={description}
      rightSideItems={pageActions([
        ...(createLabel === undefined || onCreate === undefined
          ? []
          : [
              <EuiButton key="create" fill iconType="plusCircle" onClick={onCreate}>
                {createLabel}
              </EuiButton>,
            ]),
        ...(action === undefined ? [] : [action]),
      ])}
    />
  );
});

function Content(props: ListPageProps) {
  const { notice, search, filters, isLoading, failure, outdated, empty, children } = props;
  if (failure !== undefined) return <LoadFailure {...failure} />;
  if (hasContent(empty)) return empty;
  return (
    <>
      {outdated !== undefined && (
        <>
          <OutdatedNotice {...outdated} />
          <EuiSpacer size="m" />
        </>
      )}
      {hasContent(notice) && (
        <>
          {notice}
          <EuiSpacer size="m" />
        </>
      )}
      {(search !== undefined || hasContent(filters)) && (
        <>
          <EuiFlexGroup gutterSize="s" responsive={false} wrap>
            {search !== undefined && (
              <EuiFlexItem css={{ minInlineSize: 220 }}>
                <EuiFieldSearch
                  fullWidth
                  placeholder={search.label}
                  aria-label={search.label}
                  value={search.value}
                  isLoading={search.isLoading ?? false}
                  onChange={({ target }) => search.onChange(target.value)}
                />
              </EuiFlexItem>
            )}
            {hasContent(filters) && <EuiFlexItem grow={false}>{filters}</EuiFlexItem>}
          </EuiFlexGroup>
          <EuiSpacer size="m" />
        </>
      )}
      {isLoading ? <ListSkeleton /> : children}
    </>
  );
}

const hasContent = (node: ReactNode): boolean =>
  node !== undefined && node !== null && node !== false;
