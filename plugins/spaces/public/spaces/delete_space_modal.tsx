import { EuiCallOut, EuiFieldText, EuiFormRow, EuiSkeletonText, EuiSpacer } from '@elastic/eui';
import { defineMessages } from '@latchkey/core/public';
import { ConfirmationDialog } from '@latchkey/core/public/page_parts';
import { useState } from 'react';
import { FormattedMessage, useIntl } from 'react-intl';
import { formFailure } from '../failure_text.ts';
import { describeCounts } from './deletion_counts.ts';

const messages = defineMessages({
  title: { id: 'spaces.delete.title', defaultMessage: 'Delete space {name}?' },
  confirm: { id: 'spaces.delete.confirm', defaultMessage: 'Delete space' },
  failed: { id: 'spaces.delete.failed', defaultMessage: 'The space was not deleted' },
  noPreview: {
    id: 'spaces.delete.noPreview',
    defaultMessage: 'The contents of the space could not be counted',
  },
  typeName: { id: 'spaces.delete.typeName', defaultMessage: 'To confirm, enter the name {name}' },
});

/** Title of the message when the space was not deleted. */
export const notDeleted = messages.failed;

/** Numbers of objects that the deletion removes. They may be loading, or have failed to load. */
export type DeletionPreview =
  | { readonly state: 'loading' }
  | { readonly state: 'failed'; readonly error: unknown }
  | { readonly state: 'loaded'; readonly counts: Readonly<Record<string, number>> };

/** Properties of {@link DeleteSpaceModal}. */
export interface DeleteSpaceModalProps {
  readonly name: string;
  readonly preview: DeletionPreview;
  /** Failure of the last attempt. `undefined`: none. */
  readonly error: unknown;
  readonly isDeleting: boolean;
  readonly onConfirm: () => void;
  readonly onClose: () => void;
}

/**
 * Dialog that shows what the deletion of a space removes. To confirm, the user enters the name of
 * the space.
 */
export function DeleteSpaceModal(props: DeleteSpaceModalProps) {
  const { name, preview, error, isDeleting, onConfirm, onClose } = props;
  const intl = useIntl();
  const { formatMessage } = intl;
  const [typed, setTyped] = useState('');
  return (
    <ConfirmationDialog
      title={formatMessage(messages.title, { name: <bdi>{name}</bdi> })}
      action={{
        label: formatMessage(messages.confirm),
        color: 'danger',
        isDisabled: typed.trim() !== name.trim(),
        run: onConfirm,
      }}
      isBusy={isDeleting}
      failure={formFailure(intl, messages.failed, error)}
      initialFocus={{ field: 'name' }}
      onClose={onClose}
    >
      <Contents preview={preview} />
      <EuiSpacer size="m" />
      <EuiFormRow fullWidth label={formatMessage(messages.typeName, { name })}>
        <EuiFieldText
          fullWidth
          name="name"
          autoComplete="off"
          spellCheck={false}
          value={typed}
          onChange={({ target }) => setTyped(target.value)}
        />
      </EuiFormRow>
    </ConfirmationDialog>
  );
}

function Contents({ preview }: { readonly preview: DeletionPreview }) {
  const intl = useIntl();
  if (preview.state === 'loading') return <EuiSkeletonText lines={3} />;
  if (preview.state === 'failed')
    return (
      <EuiCallOut
        size="s"
        color="warning"
        iconType="warning"
        title={intl.formatMessage(messages.noPreview)}
      >
        <p>
          <FormattedMessage
            id="spaces.delete.noPreviewText"
            defaultMessage="Everything in the space is removed. Close the dialog and try again to see the numbers."
          />
        </p>
      </EuiCallOut>
    );
  const lines = describeCounts(intl, preview.counts);
  return (
    <>
      {lines.length === 0 ? (
        <p>
          <FormattedMessage id="spaces.delete.empty" defaultMessage="The space is empty." />
        </p>
      ) : (
        <>
          <p>
            <FormattedMessage id="spaces.delete.removes" defaultMessage="This is removed:" />
          </p>
          <ul>
            {lines.map((line) => (
              <li key={line}>{line}</li>
            ))}
          </ul>
        </>
      )}
      <p>
        <FormattedMessage
          id="spaces.delete.final"
          defaultMessage="No user can enter the space any more, and authorizations in it are ended at the providers. This cannot be undone."
        />
      </p>
    </>
  );
}
