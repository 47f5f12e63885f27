import { defineMessages, useCore } from '@latchkey/core/public';
import { useFormSave } from '@latchkey/core/public/page_parts';
import { useQuery } from '@tanstack/react-query';
import { useIntl } from 'react-intl';
import { saveUser } from '../../common/index.ts';
import { rolesQuery, securityKeys } from '../security_queries.ts';
import { UserFlyout } from './user_flyout.tsx';
import { type UserValues, type UserView, userBody } from './user_form.ts';

const messages = defineMessages({
  saved: { id: 'security.users.saved', defaultMessage: 'User {name} saved' },
});

/** Flyout for a new user, or for a user of the list. */
export function OpenUser(props: {
  readonly user: UserView | undefined;
  /** Name of the user to edit. `undefined`: the flyout creates a new user. */
  readonly username: string | undefined;
  readonly onClose: () => void;
}) {
  const { user, username, onClose } = props;
  const { formatMessage } = useIntl();
  const { http } = useCore();
  const roles = useQuery(rolesQuery(http));
  const form = useFormSave({
    save: (values: UserValues) =>
      http.call(saveUser, {
        params: { username: values.username },
        // The form of a new user never replaces an existing one.
        query: user === undefined ? { createOnly: 'true' } : {},
        body: userBody(values, user),
      }),
    savedText: (values) => formatMessage(messages.saved, { name: values.username }),
    queryKey: securityKeys.users(),
    onClose,
  });
  if (username !== undefined && user === undefined) return null;
  return (
    <UserFlyout
      user={user}
      roles={(roles.data ?? []).map(({ name }) => name)}
      {...form}
      onClose={onClose}
    />
  );
}
