import { defineMessages, useCore } from '@latchkey/core/public';
import { useFormSave } from '@latchkey/core/public/page_parts';
import { useIntl } from 'react-intl';
import { createSpace, updateSpace } from '../../common/index.ts';
import { spacesKeys } from '../spaces_queries.ts';
import { SpaceFlyout } from './space_flyout.tsx';
import { type SpaceValues, type StoredSpace, spaceRequest } from './space_form.ts';

const messages = defineMessages({
  saved: { id: 'spaces.page.saved', defaultMessage: 'Space {name} saved' },
});

/** Flyout for a new space, or for a space of the list. */
export function OpenSpace(props: {
  /** Space to edit. `undefined`: the flyout creates a new space. */
  readonly space: StoredSpace | undefined;
  readonly onClose: () => void;
}) {
  const { space, onClose } = props;
  const { formatMessage } = useIntl();
  const { http } = useCore();
  const form = useFormSave({
    save: (values: SpaceValues) => {
      const body = spaceRequest(values, space);
      return space === undefined
        ? http.call(createSpace, { body })
        : http.call(updateSpace, { params: { id: space.id }, body });
    },
    savedText: ({ name }) => formatMessage(messages.saved, { name }),
    queryKey: spacesKeys.list(),
    onClose,
  });
  return <SpaceFlyout space={space} {...form} onClose={onClose} />;
}
