import { defineMessages, useCore } from '@latchkey/core/public';
import { useFormSave } from '@latchkey/core/public/page_parts';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useIntl } from 'react-intl';
import { getUser, saveUser } from '../../common/index.ts';
import { rolesQuery, securityKeys } from '../security_queries.ts';
import { UserFlyout } from './user_flyout.tsx';
import { type EditedUser, type UserValues, userBody } from './user_form.ts';

const messages = defineMessages({
  saved: { id: 'security.users.saved', defaultMessage: 'User {name} saved' },
});

/** Flyout for a new user, or for a user of the list. */
export function OpenUser(props: {
  /** User to edit. `undefined`: the flyout creates a new user. */
  readonly user: EditedUser | undefined;
  /** Discards the values, and opens the user as stored now. */
  readonly onReload: () => void;
  readonly onClose: () => void;
}) {
  const { onReload, onClose } = props;
  // Keeps the version with which the form was opened, because the list may be requested again
  // meanwhile.
  const [user] = useState(props.user);
  const { formatMessage } = useIntl();
  const { http } = useCore();
  const roles = useQuery(rolesQuery(http));
  const form = useFormSave({
    save: async (values: UserValues, { overwrites }) => {
      const params = { username: values.username };
      if (user === undefined) {
        // The form of a new user never replaces an existing one.
        const query = { createOnly: 'true' };
        return http.call(saveUser, { params, query, body: userBody(values, undefined) });
      }
      // Overwriting replaces only what the form shows: a user whom another administrator has
      // disabled stays disabled.
      const before = overwrites ? await http.call(getUser, { params }) : user;
      const { version } = before;
      return http.call(saveUser, { params, query: { version }, body: userBody(values, before) });
    },
    savedText: ({ username }) => formatMessage(messages.saved, { name: username }),
    queryKey: securityKeys.users(),
    onClose,
  });
  return (
    <UserFlyout
      user={user}
      roles={(roles.data ?? []).map(({ name }) => name)}
      {...form}
      onReload={onReload}
      onClose={onClose}
    />
  );
}
