import { defineMessages, useCore } from '@latchkey/core/public';
import { useFormSave } from '@latchkey/core/public/page_parts';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useIntl } from 'react-intl';
import { createSpace, updateSpace } from '../../common/index.ts';
import { spacesKeys, spacesQuery } from '../spaces_queries.ts';
import { SpaceFlyout } from './space_flyout.tsx';
import { type SpaceValues, type StoredSpace, spaceRequest } from './space_form.ts';

const messages = defineMessages({
  saved: { id: 'spaces.page.saved', defaultMessage: 'Space {name} saved' },
});

/** Flyout for a new space, or for a space of the list. */
export function OpenSpace(props: {
  /** Space to edit. `undefined`: the flyout creates a new space. */
  readonly space: StoredSpace | undefined;
  /** Discards the values, and opens the space as stored now. */
  readonly onReload: () => void;
  readonly onClose: () => void;
}) {
  const { onReload, onClose } = props;
  // Keeps the version with which the form was opened, because the list may be requested again
  // meanwhile.
  const [space] = useState(props.space);
  const { formatMessage } = useIntl();
  const { http } = useCore();
  const queryClient = useQueryClient();
  /** The space as it is stored now. `undefined`: it was deleted. */
  const current = async (id: string): Promise<StoredSpace | undefined> => {
    const spaces = await queryClient.fetchQuery({ ...spacesQuery(http), staleTime: 0 });
    return spaces.find((one) => one.id === id);
  };
  const form = useFormSave({
    save: async (values: SpaceValues, { overwrites }) => {
      if (space === undefined) {
        return http.call(createSpace, { body: spaceRequest(values, undefined) });
      }
      const { id } = space;
      // Overwriting replaces only what the form shows.
      const before = overwrites ? await current(id) : space;
      return http.call(updateSpace, {
        params: { id },
        query: before === undefined ? {} : { version: before.version },
        body: spaceRequest(values, before),
      });
    },
    savedText: ({ name }) => formatMessage(messages.saved, { name }),
    queryKey: spacesKeys.list(),
    onClose,
  });
  return <SpaceFlyout space={space} {...form} onReload={onReload} onClose={onClose} />;
}
