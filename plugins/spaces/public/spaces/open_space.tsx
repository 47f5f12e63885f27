import { defineMessages, useCore } from '@latchkey/core/public';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useIntl } from 'react-intl';
import { createSpace, updateSpace } from '../../common/index.ts';
import { spacesKeys } from '../spaces_queries.ts';
import { SpaceFlyout } from './space_flyout.tsx';
import { type SpaceValues, type StoredSpace, spaceRequest } from './space_form.ts';

const messages = defineMessages({
  saved: { id: 'spaces.page.saved', defaultMessage: 'Space {name} saved' },
});

/** Flyout of a new space, or of a space in the list. */
export function OpenSpace(props: {
  /** `undefined`: a new space. */
  readonly space: StoredSpace | undefined;
  readonly onClose: () => void;
}) {
  const { space, onClose } = props;
  const { formatMessage } = useIntl();
  const { http, feedback } = useCore();
  const queryClient = useQueryClient();
  const { mutate, error, isPending } = useMutation({
    mutationFn: (values: SpaceValues) => {
      const body = spaceRequest(values, space);
      return space === undefined
        ? http.call(createSpace, { body })
        : http.call(updateSpace, { params: { id: space.id }, body });
    },
    onSuccess: () => queryClient.invalidateQueries({ queryKey: spacesKeys.list() }),
  });
  const submit = (values: SpaceValues, onSaved: () => void) =>
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
  return (
    <SpaceFlyout
      space={space}
      error={error}
      isSaving={isPending}
      onSubmit={submit}
      onClose={onClose}
    />
  );
}
