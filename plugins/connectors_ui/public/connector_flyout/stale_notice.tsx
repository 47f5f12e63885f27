import { EuiSpacer } from '@elastic/eui';
import { defineMessages } from '@latchkey/core/public';
import { StaleVersionNotice } from '@latchkey/core/public/page_parts';
import type { ReactElement } from 'react';
import { useIntl } from 'react-intl';

const messages = defineMessages({
  title: {
    id: 'connectorsUi.stale.title',
    defaultMessage: 'A newer version of this connector is stored',
  },
  text: {
    id: 'connectorsUi.stale.text',
    defaultMessage:
      'This save changed nothing, and the form still has what you entered. If you overwrite, credentials that you left unchanged stay as they are stored.',
  },
  reload: {
    id: 'connectorsUi.stale.reload',
    defaultMessage: 'Discard input and load new values',
  },
  overwrite: {
    id: 'connectorsUi.stale.overwrite',
    defaultMessage: 'Overwrite with these values',
  },
});

/** Notice of a refused save with two buttons: load the new version, or overwrite it. */
export function StaleNotice(props: {
  readonly isSaving: boolean;
  readonly onReload: () => void;
  readonly onOverwrite: () => void;
}): ReactElement {
  const { isSaving, onReload, onOverwrite } = props;
  const { formatMessage } = useIntl();
  return (
    <>
      <StaleVersionNotice
        title={formatMessage(messages.title)}
        text={formatMessage(messages.text)}
        isSaving={isSaving}
        load={{ label: formatMessage(messages.reload), onClick: onReload }}
        overwrite={{ label: formatMessage(messages.overwrite), onClick: onOverwrite }}
      />
      <EuiSpacer size="m" />
    </>
  );
}
