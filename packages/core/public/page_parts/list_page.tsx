import {
  EuiButton,
  EuiFieldSearch,
  EuiFlexGroup,
  EuiFlexItem,
  EuiPageHeader,
  EuiSpacer,
} from '@elastic/eui';
import { memo, type ReactNode } from 'react';
import { ListSkeleton } from './list_skeleton.tsx';
import { LoadFailure, type LoadFailureProps } from './load_failure.tsx';

/** Search field of a list. */
export interface ListSearch {
  /** Says what is searched, for example `Search by name`. */
  readonly label: string;
  readonly value: string;
  /** `true`: the list does not match the text yet. */
  readonly isLoading?: boolean;
  readonly onChange: (text: string) => void;
}

/** Properties of {@link ListPage}. */
export interface ListPageProps {
  readonly title: string;
  readonly description: string;
  /** Adds an entry. `undefined`: the user may not. */
  readonly create?: { readonly label: string; readonly onClick: () => void } | undefined;
  /** Further button at the right of the title. */
  readonly action?: ReactNode;
  /** Shown above the list, for example about a part that could not be loaded. */
  readonly notice?: ReactNode;
  readonly search?: ListSearch | undefined;
  /** Beside the search. */
  readonly filters?: ReactNode;
  /** `true`: nothing of the list is known yet. */
  readonly isLoading: boolean;
  /** The list could not be loaded. */
  readonly failure?: LoadFailureProps | undefined;
  /** In place of search and list, when there are no entries at all. */
  readonly empty?: ReactNode;
  /** The list. Drawn when it is loaded. */
  readonly children: ReactNode;
}

/**
 * Page with a title, its main action, a search and a list. While there is no list, shows that it
 * loads, has failed or is empty.
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

/** Title and buttons. Rendered again only when a property changes, not with each typed letter. */
const Header = memo(function Header(
  props: Pick<ListPageProps, 'title' | 'description' | 'action'> & {
    /** `undefined`: there is no button. */
    readonly createLabel: string | undefined;
    readonly onCreate: (() => void) | undefined;
  },
) {
  const { title, description, createLabel, onCreate, action } = props;
  return (
    <EuiPageHeader
      pageTitle={title}
      description={description}
      rightSideItems={[
        ...(createLabel === undefined || onCreate === undefined
          ? []
          : [
              <EuiButton key="create" fill iconType="plusCircle" onClick={onCreate}>
                {createLabel}
              </EuiButton>,
            ]),
        ...(hasContent(action) ? [action] : []),
      ]}
    />
  );
});

function Content(props: ListPageProps) {
  const { notice, search, filters, isLoading, failure, empty, children } = props;
  if (failure !== undefined) return <LoadFailure {...failure} />;
  if (hasContent(empty)) return empty;
  return (
    <>
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
