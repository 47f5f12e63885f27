import { EuiButton, EuiFieldSearch, EuiPageHeader, EuiSpacer } from '@elastic/eui';
import { defineMessages, useCore } from '@latchkey/core/public';
import { LoadFailure, usePageParams } from '@latchkey/core/public/page_parts';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { lazy, Suspense } from 'react';
import { FormattedMessage, useIntl } from 'react-intl';
import { deleteRole, putRole } from '../../common/index.ts';
import { failureText } from '../failure_text.ts';
import { featuresQuery, rolesQuery, securityKeys, spacesQuery } from '../security_queries.ts';
import { useServices } from '../services.ts';
import type { RoleFlyoutProps } from './role_flyout.tsx';
import { type RoleValues, type RoleView, roleBody } from './role_form.ts';
import { RolesTable } from './roles_table.tsx';
import { selectRoles } from './select_roles.ts';

const RoleFlyout = lazy(async () => ({ default: (await import('./role_flyout.tsx')).RoleFlyout }));

const messages = defineMessages({
  title: { id: 'security.roles.title', defaultMessage: 'Roles' },
  description: {
    id: 'security.roles.pageDescription',
    defaultMessage: 'A role says what its users may do in which space.',
  },
  search: { id: 'security.roles.search', defaultMessage: 'Search by name or description' },
  saved: { id: 'security.roles.saved', defaultMessage: 'Role {name} saved' },
  deleted: { id: 'security.roles.deleted', defaultMessage: 'Role {name} deleted' },
  notDeleted: { id: 'security.roles.notDeleted', defaultMessage: 'Role {name} was not deleted' },
  deleteTitle: { id: 'security.roles.deleteTitle', defaultMessage: 'Delete role {name}?' },
  deleteText: {
    id: 'security.roles.deleteText',
    defaultMessage:
      'Its users lose these privileges at once. Authorizations that they may then no longer use are ended. This cannot be undone.',
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
  const search = params.get('q') ?? '';
  const edited = params.get('edit');
  const role = roles.data?.find(({ name }) => name === edited);
  const isOpen = params.has('create') || role !== undefined;
  const close = () => change({ create: undefined, edit: undefined });
  return (
    <>
      <EuiPageHeader
        pageTitle={formatMessage(messages.title)}
        description={formatMessage(messages.description)}
        rightSideItems={[
          <EuiButton key="create" fill iconType="plus" onClick={() => change({ create: 'true' })}>
            <FormattedMessage id="security.roles.create" defaultMessage="Create role" />
          </EuiButton>,
        ]}
      />
      <EuiSpacer size="l" />
      {roles.isError ? (
        <LoadFailure text={failureText(intl, roles.error)} onRetry={() => void roles.refetch()} />
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
          <RolesTable
            roles={selectRoles(roles.data ?? [], search)}
            spaces={spaces.data ?? []}
            isLoading={roles.isPending}
            onOpen={({ name }) => change({ edit: name })}
            onDelete={(one) => void remove(one)}
          />
        </>
      )}
      {isOpen && features.data !== undefined && (
        <Suspense fallback={null}>
          <OpenRole
            key={edited}
            stored={role}
            features={features.data}
            spaces={spaces.data ?? []}
            onClose={close}
          />
        </Suspense>
      )}
    </>
  );
}

function OpenRole(props: Pick<RoleFlyoutProps, 'stored' | 'features' | 'spaces' | 'onClose'>) {
  const { stored, onClose } = props;
  const { formatMessage } = useIntl();
  const { http, feedback } = useCore();
  const queryClient = useQueryClient();
  const { mutate, error, isPending } = useMutation({
    mutationFn: (values: RoleValues) =>
      http.call(putRole, {
        params: { name: values.name },
        query: { createOnly: stored === undefined ? 'true' : 'false' },
        body: roleBody(values, stored),
      }),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: securityKeys.roles() }),
  });
  const submit = (values: RoleValues, onSaved: () => void) =>
    mutate(values, {
      onSuccess: () => {
        feedback.toast({
          title: formatMessage(messages.saved, { name: values.name }),
          color: 'success',
        });
        onSaved();
        onClose();
      },
    });
  return <RoleFlyout {...props} error={error} isSaving={isPending} onSubmit={submit} />;
}

/** Returns a function that deletes a role after the user confirmed. */
function useDeleteRole(): (role: RoleView) => Promise<void> {
  const intl = useIntl();
  const { formatMessage } = intl;
  const { http, feedback } = useCore();
  const queryClient = useQueryClient();
  return async ({ name }) => {
    const confirmed = await feedback.confirm({
      title: formatMessage(messages.deleteTitle, { name }),
      text: formatMessage(messages.deleteText),
      confirmLabel: formatMessage(messages.deleteConfirm),
      color: 'danger',
    });
    if (!confirmed) return;
    try {
      await http.call(deleteRole, { params: { name } });
      feedback.toast({ title: formatMessage(messages.deleted, { name }), color: 'success' });
    } catch (error) {
      const title = formatMessage(messages.notDeleted, { name });
      feedback.toast({ title, text: failureText(intl, error), color: 'danger' });
    }
    await queryClient.invalidateQueries({ queryKey: securityKeys.roles() });
  };
}
