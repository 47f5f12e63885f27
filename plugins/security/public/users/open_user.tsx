import { defineMessages, useCore } from '@latchkey/core/public';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useIntl } from 'react-intl';
import { saveUser } from '../../common/index.ts';
import { rolesQuery, securityKeys } from '../security_queries.ts';
import { UserFlyout } from './user_flyout.tsx';
import { type UserValues, type UserView, userBody } from './user_form.ts';

const messages = defineMessages({
  saved: { id: 'security.users.saved', defaultMessage: 'User {name} saved' },
});

/** Flyout of a new user, or of a user in the list. */
export function OpenUser(props: {
  readonly user: UserView | undefined;
  /** `undefined`: a new user. */
  readonly username: string | undefined;
  readonly onClose: () => void;
}) {
  const { user, username, onClose } = props;
  const { formatMessage } = useIntl();
  const { http, feedback } = useCore();
  const queryClient = useQueryClient();
  const roles = useQuery(rolesQuery(http));
  const { mutate, error, isPending } = useMutation({
    mutationFn: (values: UserValues) =>
      http.call(saveUser, {
        params: { username: values.username },
        body: userBody(values, user),
      }),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: securityKeys.users() }),
  });
  if (username !== undefined && user === undefined) return null;
  const submit = (values: UserValues, onSaved: () => void) =>
    mutate(values, {
      onSuccess: () => {
        feedback.toast({
          title: formatMessage(messages.saved, { name: values.username }),
          color: 'success',
        });
        onSaved();
        onClose();
      },
    });
  return (
    <UserFlyout
      user={user}
      roles={(roles.data ?? []).map(({ name }) => name)}
      error={error}
      isSaving={isPending}
      onSubmit={submit}
      onClose={onClose}
    />
  );
}
