import { defineMessages, useCore } from '@latchkey/core/public';
import { loadedDialog } from '@latchkey/core/public/loaded_part';
import {
  ListPage,
  listFailure,
  readPageNumber,
  readPageSize,
  useFormReload,
  usePageParams,
} from '@latchkey/core/public/page_parts';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useIntl } from 'react-intl';
import { getUser } from '../../common/index.ts';
import { failureOf, failureText } from '../failure_text.ts';
import { securityKeys, usersQuery } from '../security_queries.ts';
import { useUserActions } from './use_user_actions.ts';
import type { EditedUser, UserView } from './user_form.ts';
import { UsersTable } from './users_table.tsx';

// Loaded on demand, because the flyout and the dialog need the large form library.
const OpenUser = loadedDialog(async () => (await import('./open_user.tsx')).OpenUser);
const ResetPassword = loadedDialog(
  async () => (await import('./reset_password.tsx')).ResetPassword,
);

const messages = defineMessages({
  title: { id: 'security.users.title', defaultMessage: 'Users' },
  description: {
    id: 'security.users.pageDescription',
    defaultMessage: 'Users sign in with a name and a password. Their roles say what they may do.',
  },
  create: { id: 'security.users.create', defaultMessage: 'Create user' },
  notLoaded: { id: 'security.users.notLoaded', defaultMessage: 'The user could not be loaded' },
  search: { id: 'security.users.search', defaultMessage: 'Search by name or email address' },
});

/** Privilege to see the page of authorizations. The plugin connectors_ui registers this page. */
const MANAGE_GRANTS = 'actions:manage-grants';

/** Page `/app/users`. */
export function UsersPage() {
  const intl = useIntl();
  const { formatMessage } = intl;
  const { http, boot, application } = useCore();
  const [params, change] = usePageParams();
  const search = searchIn(params);
  const users = useQuery(usersQuery(http, search));
  const [passwordOf, setPasswordOf] = useState<UserView>();
  const showGrants = application.can(MANAGE_GRANTS)
    ? ({ profile_uid: user }: UserView) =>
        application.navigate(`/app/grants?${new URLSearchParams({ user })}`)
    : undefined;
  const { setEnabled, remove } = useUserActions();
  const edited = params.get('edit') ?? undefined;
  const { user, formKey, onReload } = useEditedUser(edited, users.data?.users);
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
          value: search.search,
          isLoading: users.isPlaceholderData,
          onChange: (text) => change({ q: text, page: undefined }, { replace: true }),
        }}
        isLoading={users.isPending}
        {...listFailure(users, (error) => failureText(intl, error))}
      >
        <UsersTable
          users={users.data?.users ?? []}
          total={users.data?.total ?? 0}
          page={search}
          currentUsername={boot.user.username}
          onPage={({ page, perPage }) => change({ page: String(page), per_page: String(perPage) })}
          onEdit={({ username }) => change({ edit: username })}
          onResetPassword={setPasswordOf}
          onSetEnabled={(user, enabled) => void setEnabled(user, enabled)}
          onDelete={(user) => void remove(user)}
          onShowGrants={showGrants}
        />
      </ListPage>
      {(params.has('create') || user !== undefined) && (
        <OpenUser
          key={`${edited} ${formKey}`}
          user={user}
          onReload={onReload}
          onClose={() => change({ create: undefined, edit: undefined })}
        />
      )}
      {passwordOf !== undefined && (
        <ResetPassword username={passwordOf.username} onClose={() => setPasswordOf(undefined)} />
      )}
    </>
  );
}

/**
 * The user in the form, and a way to load this user again. The form stays open when the list no
 * longer contains the user, for example because a new email address does not match the search.
 * @param edited username in the address of the page; `undefined`: no user is edited
 * @param listed the shown page of the list; `undefined`: it has not been loaded yet
 */
function useEditedUser(
  edited: string | undefined,
  listed: readonly UserView[] | undefined,
): Pick<ReturnType<typeof useFormReload>, 'formKey' | 'onReload'> & {
  /** `undefined`: no user is edited, or the list has never contained the user. */
  readonly user: EditedUser | undefined;
} {
  const intl = useIntl();
  const { http } = useCore();
  const queryClient = useQueryClient();
  const [opened, setOpened] = useState<EditedUser>();
  const found = listed?.find(({ username }) => username === edited);
  const user = opened !== undefined && opened.username === edited ? opened : found;
  if (user !== opened) setOpened(user);
  const reload = useFormReload({
    load: async () => {
      if (edited === undefined) return;
      setOpened(await http.call(getUser, { params: { username: edited } }));
      void queryClient.invalidateQueries({ queryKey: securityKeys.users() });
    },
    failureOf: failureOf(intl, messages.notLoaded),
  });
  return { user, ...reload };
}

function searchIn(params: URLSearchParams) {
  const perPage = readPageSize(params.get('per_page'));
  return {
    search: params.get('q') ?? '',
    page: readPageNumber(params.get('page'), perPage),
    perPage,
  };
}
