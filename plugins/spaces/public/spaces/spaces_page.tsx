import { EuiButton, EuiFieldSearch, EuiPageHeader, EuiSpacer } from '@elastic/eui';
import { defineMessages, useCore } from '@latchkey/core/public';
import { LoadFailure, usePageParams } from '@latchkey/core/public/page_parts';
import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense } from 'react';
import { FormattedMessage, useIntl } from 'react-intl';
import { failureText } from '../failure_text.ts';
import { selectSpaces, spacePath } from '../menu/index.ts';
import { spacesQuery } from '../spaces_queries.ts';
import { SpacesTable } from './spaces_table.tsx';

// The flyout and the dialog bring the form library.
const OpenSpace = lazy(async () => ({ default: (await import('./open_space.tsx')).OpenSpace }));
const DeleteSpace = lazy(async () => ({
  default: (await import('./delete_space.tsx')).DeleteSpace,
}));

const messages = defineMessages({
  title: { id: 'spaces.page.title', defaultMessage: 'Spaces' },
  description: {
    id: 'spaces.page.description',
    defaultMessage:
      'Each space has its own connectors and workflows. Roles say who may enter which space.',
  },
  search: { id: 'spaces.page.search', defaultMessage: 'Search by name or identifier' },
});

/** Page `/app/spaces`. */
export function SpacesPage() {
  const intl = useIntl();
  const { formatMessage } = intl;
  const { http, boot } = useCore();
  const [params, change] = usePageParams();
  const spaces = useQuery(spacesQuery(http));
  const find = (id: string | null) => spaces.data?.find((space) => space.id === id);
  const edited = find(params.get('edit'));
  const deleted = find(params.get('delete'));
  const search = params.get('q') ?? '';
  const close = () => change({ create: undefined, edit: undefined, delete: undefined });
  return (
    <>
      <EuiPageHeader
        pageTitle={formatMessage(messages.title)}
        description={formatMessage(messages.description)}
        rightSideItems={[
          <EuiButton key="create" fill iconType="plus" onClick={() => change({ create: 'true' })}>
            <FormattedMessage id="spaces.page.create" defaultMessage="Create space" />
          </EuiButton>,
        ]}
      />
      <EuiSpacer size="l" />
      {spaces.isError ? (
        <LoadFailure text={failureText(intl, spaces.error)} onRetry={() => void spaces.refetch()} />
      ) : (
        <>
          <EuiFieldSearch
            fullWidth
            placeholder={formatMessage(messages.search)}
            aria-label={formatMessage(messages.search)}
            value={search}
            onChange={({ target }) => change({ q: target.value }, { replace: true })}
          />
          <EuiSpacer size="m" />
          <SpacesTable
            spaces={selectSpaces(spaces.data ?? [], search)}
            current={boot.space.id}
            isLoading={spaces.isPending}
            hrefOf={(id) => spacePath(boot.basePath, id)}
            onEdit={({ id }) => change({ edit: id })}
            onDelete={({ id }) => change({ delete: id })}
          />
        </>
      )}
      <Suspense fallback={null}>
        {(params.has('create') || edited !== undefined) && (
          <OpenSpace key={edited?.id} space={edited} onClose={close} />
        )}
        {deleted !== undefined && (
          <DeleteSpace id={deleted.id} name={deleted.name} onClose={close} />
        )}
      </Suspense>
    </>
  );
}
