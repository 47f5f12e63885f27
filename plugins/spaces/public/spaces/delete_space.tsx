import { DEFAULT_SPACE_ID } from '@latchkey/core/common';
import { defineMessages, PROVIDER_TIMEOUT_MS, useCore } from '@latchkey/core/public';
import { useDialogResult, useSingleMutation } from '@latchkey/core/public/page_parts';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useIntl } from 'react-intl';
import { deleteSpace } from '../../common/index.ts';
import { failureOf } from '../failure_text.ts';
import { spacePath } from '../menu/index.ts';
import { deletionPreviewQuery, spacesKeys } from '../spaces_queries.ts';
import { DeleteSpaceModal, type DeletionPreview, notDeleted } from './delete_space_modal.tsx';

const messages = defineMessages({
  deleted: { id: 'spaces.page.deleted', defaultMessage: 'Space {name} deleted' },
});

/** Dialog that deletes a space after it has shown the user what is removed. */
export function DeleteSpace(props: {
  readonly id: string;
  readonly name: string;
  readonly onClose: () => void;
}) {
  const { id, name } = props;
  const intl = useIntl();
  const { formatMessage } = intl;
  const dialog = useDialogResult();
  const close = () => {
    dialog.close();
    props.onClose();
  };
  const { http, boot, feedback } = useCore();
  const queryClient = useQueryClient();
  const preview = useQuery(deletionPreviewQuery(http, id));
  const { mutate, error, isPending } = useSingleMutation({
    mutationFn: () => http.call(deleteSpace, { params: { id }, timeoutMs: PROVIDER_TIMEOUT_MS }),
    onMutate: () => dialog.begin(),
    onError: async (failure, _, run) => {
      run?.show({ toast: { ...failureOf(intl, notDeleted)(failure), color: 'danger' } });
      // Requested again even after a failure, because the response may have been lost.
      await queryClient.invalidateQueries({ queryKey: spacesKeys.list() });
    },
    onSuccess: async (_, __, run) => {
      // The page belongs to the deleted space, in which no page can be opened any more.
      if (id === boot.space.id) {
        window.location.assign(spacePath(boot.basePath, DEFAULT_SPACE_ID));
        return;
      }
      feedback.toast({ title: formatMessage(messages.deleted, { name }), color: 'success' });
      if (run.isOpen()) close();
      await queryClient.invalidateQueries({ queryKey: spacesKeys.list() });
    },
  });
  return (
    <DeleteSpaceModal
      name={name}
      preview={previewOf(preview)}
      error={error}
      isDeleting={isPending}
      onConfirm={() => mutate()}
      onClose={close}
    />
  );
}

function previewOf(query: {
  readonly data: { readonly counts: Readonly<Record<string, number>> } | undefined;
  readonly error: unknown;
}): DeletionPreview {
  if (query.data !== undefined) return { state: 'loaded', counts: query.data.counts };
  return query.error === null ? { state: 'loading' } : { state: 'failed', error: query.error };
}
