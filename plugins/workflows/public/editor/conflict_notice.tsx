import { defineMessages } from '@latchkey/core/public';
import { StaleVersionNotice } from '@latchkey/core/public/page_parts';
import type { ReactElement } from 'react';
import { useIntl } from 'react-intl';

const messages = defineMessages({
  title: {
    id: 'workflows.editor.conflictTitle',
    defaultMessage: 'Another user has changed this workflow since you opened it',
  },
  text: {
    id: 'workflows.editor.conflictText',
    defaultMessage:
      'Your text is still here and not saved. Overwrite the other version, or load it, which discards your changes.',
  },
  overwrite: { id: 'workflows.editor.overwrite', defaultMessage: 'Overwrite' },
  load: { id: 'workflows.editor.load', defaultMessage: 'Load the other version' },
});

/** Choices of a user when another user has saved a newer version. */
export interface SaveConflict {
  readonly onOverwrite: () => void;
  readonly onLoad: () => void;
}

/** Notice of a refused save with two buttons: overwrite the other version, or load it. */
export function ConflictNotice(props: SaveConflict & { readonly isSaving: boolean }): ReactElement {
  const { onOverwrite, onLoad, isSaving } = props;
  const { formatMessage } = useIntl();
  return (
    <StaleVersionNotice
      title={formatMessage(messages.title)}
      text={formatMessage(messages.text)}
      isSaving={isSaving}
      load={{ label: formatMessage(messages.load), onClick: onLoad }}
      overwrite={{ label: formatMessage(messages.overwrite), onClick: onOverwrite }}
    />
  );
}
