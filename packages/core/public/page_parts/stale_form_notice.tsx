import { EuiSpacer } from '@elastic/eui';
import type { ReactElement } from 'react';
import { useIntl } from 'react-intl';
import { isStaleVersion } from '../http_client_error.ts';
import { defineMessages } from '../i18n/define_messages.ts';
import { StaleVersionNotice } from './stale_version_notice.tsx';

const messages = defineMessages({
  title: {
    id: 'core.staleForm.title',
    defaultMessage: 'Another administrator has changed these values since you opened the form',
  },
  text: {
    id: 'core.staleForm.text',
    defaultMessage:
      'Your input is still here and not saved. Load the current values, which discards your input, or overwrite them.',
  },
  load: { id: 'core.staleForm.load', defaultMessage: 'Discard input and load current values' },
  overwrite: { id: 'core.staleForm.overwrite', defaultMessage: 'Overwrite' },
});

/**
 * Notice in the form of an administrator that the last save was refused, because another
 * administrator has changed the object meanwhile. Shows nothing after another failure.
 */
export function StaleFormNotice(props: {
  /** Failure of the last attempt to save. `null` or `undefined`: none. */
  readonly error: unknown;
  readonly isSaving: boolean;
  /** Discards the input, and shows the object as it is stored. */
  readonly onReload: () => void;
  /** Saves the input over any version. */
  readonly onOverwrite: () => void;
}): ReactElement | null {
  const { error, isSaving, onReload, onOverwrite } = props;
  const { formatMessage } = useIntl();
  if (!isStaleVersion(error)) return null;
  return (
    <>
      <StaleVersionNotice
        title={formatMessage(messages.title)}
        text={formatMessage(messages.text)}
        isSaving={isSaving}
        load={{ label: formatMessage(messages.load), onClick: onReload }}
        overwrite={{ label: formatMessage(messages.overwrite), onClick: onOverwrite }}
      />
      <EuiSpacer size="m" />
    </>
  );
}
