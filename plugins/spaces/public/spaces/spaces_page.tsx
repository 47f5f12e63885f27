import { defineMessages, useCore } from '@latchkey/core/public';
import { loadedDialog } from '@latchkey/core/public/loaded_part';
import {
  ListPage,
  listFailure,
  useFormReload,
  usePageParams,
} from '@latchkey/core/public/page_parts';
import { useQuery } from '@tanstack/react-query';

import { useIntl } from 'react-intl';
import { failureOf, failureText } from '../failure_text.ts';
import { selectSpaces, spacePath } from '../menu/index.ts';
import { spacesQuery } from '../spaces_queries.ts';
import { SpacesTable } from './spaces_table.tsx';

// The flyout and the dialog need the large form library, so they are loaded when they are first
// opened.
const OpenSpace = loadedDialog(async () => (await import('./open_space.tsx')).OpenSpace);
const DeleteSpace = loadedDialog(async () => (await import('./delete_space.tsx')).DeleteSpace);

const messages = defineMessages({
  title: { id: 'spaces.page.title', defaultMessage: 'Spaces' },
  description: {
    id: 'spaces.page.description',
    defaultMessage:
      'Each space has its own connectors and workflows. Roles say who may enter which space.',
  },
  create: { id: 'spaces.page.create', defaultMessage: 'Create space' },
  notLoaded: { id: 'spaces.page.notLoaded', defaultMessage: 'The space could not be loaded' },
  search: { id: 'spaces.page.search', defaultMessage: 'Search by name or identifier' },
});

/** Page `/app/spaces`. */
export function SpacesPage() {
  const intl = useIntl();
  const { formatMessage } = intl;
  const { http, boot } = useCore();
  const [params, change] = usePageParams();
  const spaces = useQuery(spacesQuery(http));
  const { formKey, onReload } = useFormReload({
    load: () => spaces.refetch({ throwOnError: true }),
    failureOf: failureOf(intl, messages.notLoaded),
  });
  const find = (id: string | null) => spaces.data?.find((space) => space.id === id);
  const edited = find(params.get('edit'));
  const deleted = find(params.get('delete'));
  const search = params.get('q') ?? '';
  const close = () => change({ create: undefined, edit: undefined, delete: undefined });
  return (
    <>
      <ListPage
        title={formatMessage(messages.title)}
        description={formatMessage(messages.description)}
        create={{
          label: formatMessage(messages.create),
          onClick: () => change({ create: 'true' }),
        }}
        search={{
          label: formatMessage(messages.search),
          value: search,
          onChange: (text) => change({ q: text }, { replace: true }),
        }}
        isLoading={spaces.isPending}
        {...listFailure(spaces, (error) => failureText(intl, error))}
      >
        <SpacesTable
          spaces={selectSpaces(spaces.data ?? [], search)}
          current={boot.space.id}
          hrefOf={(id) => spacePath(boot.basePath, id)}
          onEdit={({ id }) => change({ edit: id })}
          onDelete={({ id }) => change({ delete: id })}
        />
      </ListPage>
      {(params.has('create') || edited !== undefined) && (
        <OpenSpace
          key={`${edited?.id} ${formKey}`}
          space={edited}
          onReload={onReload}
          onClose={close}
        />
      )}
      {deleted !== undefined && <DeleteSpace id={deleted.id} name={deleted.name} onClose={close} />}
    </>
  );
}
