import { defineMessages, useCore } from '@latchkey/core/public';
import { loadedDialog } from '@latchkey/core/public/loaded_part';
import {
  ListPage,
  listFailure,
  useFormReload,
  useFormSave,
  usePageParams,
} from '@latchkey/core/public/page_parts';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useIntl } from 'react-intl';
import { deleteRole, putRole } from '../../common/index.ts';
import { failureOf, failureText } from '../failure_text.ts';
import { featuresQuery, rolesQuery, securityKeys, spacesQuery } from '../security_queries.ts';
import { useServices } from '../services.ts';
import type { RoleFlyoutProps } from './role_flyout.tsx';
import { type RoleValues, type RoleView, roleBody } from './role_form.ts';
import { RolesTable } from './roles_table.tsx';
import { selectRoles } from './select_roles.ts';

const RoleFlyout = loadedDialog(async () => (await import('./role_flyout.tsx')).RoleFlyout);

const messages = defineMessages({
  title: { id: 'security.roles.title', defaultMessage: 'Roles' },
  description: {
    id: 'security.roles.pageDescription',
    defaultMessage: 'A role says what its users may do in which space.',
  },
  create: { id: 'security.roles.create', defaultMessage: 'Create role' },
  search: { id: 'security.roles.search', defaultMessage: 'Search by name or description' },
  saved: { id: 'security.roles.saved', defaultMessage: 'Role {name} saved' },
  deleted: { id: 'security.roles.deleted', defaultMessage: 'Role {name} deleted' },
  notDeleted: { id: 'security.roles.notDeleted', defaultMessage: 'Role {name} was not deleted' },
  notLoaded: { id: 'security.roles.notLoaded', defaultMessage: 'The role could not be loaded' },
  deleteTitle: { id: 'security.roles.deleteTitle', defaultMessage: 'Delete role {name}?' },
  deleteText: {
    id: 'security.roles.deleteText',
    defaultMessage:
      'Its users lose these privileges immediately. Authorizations that they may then no longer use are ended. This cannot be undone.',
  },
  deleteConfirm: { id: 'security.roles.deleteConfirm', defaultMessage: 'Delete role' },
});

/** Page `/app/roles`. */
export function RolesPage() {
  const intl = useIntl();
  const { formatMessage } = intl;
  const { http } = useCore();
  const { listSpaces } = useServices();
  const [params, change] = usePageParams();
  const roles = useQuery(rolesQuery(http));
  const features = useQuery(featuresQuery(http));
  const spaces = useQuery(spacesQuery(http, listSpaces));
  const remove = useDeleteRole();
  const { formKey, onReload } = useFormReload({
    load: () => roles.refetch({ throwOnError: true }),
    failureOf: failureOf(intl, messages.notLoaded),
  });
  const search = params.get('q') ?? '';
  const edited = params.get('edit');
  const role = roles.data?.find(({ name }) => name === edited);
  const isOpen = params.has('create') || role !== undefined;
  const close = () => change({ create: undefined, edit: undefined });
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
        isLoading={roles.isPending}
        {...listFailure(roles, (error) => failureText(intl, error))}
      >
        <RolesTable
          roles={selectRoles(roles.data ?? [], search)}
          spaces={spaces.data ?? []}
          onOpen={({ name }) => change({ edit: name })}
          onDelete={(one) => void remove(one)}
        />
      </ListPage>
      {isOpen && features.data !== undefined && (
        <OpenRole
          key={`${edited} ${formKey}`}
          stored={role}
          onReload={onReload}
          features={features.data}
          spaces={spaces.data ?? []}
          onClose={close}
        />
      )}
    </>
  );
}

function OpenRole(
  props: Pick<RoleFlyoutProps, 'stored' | 'features' | 'spaces' | 'onReload' | 'onClose'>,
) {
  const { onClose } = props;
  // Keeps the version with which the form was opened, because the list may be requested again
  // meanwhile.
  const [stored] = useState(props.stored);
  const { formatMessage } = useIntl();
  const { http } = useCore();
  const form = useFormSave({
    save: (values: RoleValues, { overwrites }) =>
      http.call(putRole, {
        params: { name: values.name },
        query:
          stored === undefined
            ? { createOnly: 'true' }
            : { createOnly: 'false', ...(overwrites ? {} : { version: stored.version }) },
        body: roleBody(values, stored),
      }),
    savedText: ({ name }) => formatMessage(messages.saved, { name }),
    queryKey: securityKeys.roles(),
    onClose,
  });
  return <RoleFlyout {...props} {...form} stored={stored} />;
}

/** Returns a function that asks the user and then deletes a role. */
function useDeleteRole(): (role: RoleView) => Promise<void> {
  const intl = useIntl();
  const { formatMessage } = intl;
  const { http, feedback } = useCore();
  const queryClient = useQueryClient();
  return async ({ name }) => {
    const isDeleted = await feedback.confirm({
      title: formatMessage(messages.deleteTitle, { name: <bdi>{name}</bdi> }),
      text: formatMessage(messages.deleteText),
      confirmLabel: formatMessage(messages.deleteConfirm),
      color: 'danger',
      action: {
        run: async () => {
          await http.call(deleteRole, { params: { name } });
        },
        failureOf: failureOf(intl, messages.notDeleted, { name }),
      },
    });
    if (isDeleted) {
      feedback.toast({ title: formatMessage(messages.deleted, { name }), color: 'success' });
    }
    await queryClient.invalidateQueries({ queryKey: securityKeys.roles() });
  };
}
