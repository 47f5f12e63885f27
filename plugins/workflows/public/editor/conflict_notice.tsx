import {
  EuiButton,
  EuiButtonEmpty,
  EuiCallOut,
  EuiFlexGroup,
  useGeneratedHtmlId,
} from '@elastic/eui';
import { defineMessages } from '@latchkey/core/public';
import { type ReactElement, useEffect, useRef } from 'react';
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

/** Conflict with a version that another user has saved. */
export interface SaveConflict {
  readonly onOverwrite: () => void;
  readonly onLoad: () => void;
}

/** Choice after a save that was refused. Takes the focus when it appears. */
export function ConflictNotice(props: SaveConflict & { readonly isSaving: boolean }): ReactElement {
  const { onOverwrite, onLoad, isSaving } = props;
  const { formatMessage } = useIntl();
  const notice = useRef<HTMLElement>(null);
  useEffect(() => notice.current?.focus(), []);
  const textId = useGeneratedHtmlId();
  return (
    <section
      ref={notice}
      aria-label={formatMessage(messages.title)}
      aria-describedby={textId}
      tabIndex={-1}
      // More specific than EUI's rule for a visible focus.
      css={{ '&&:focus': { outline: 'none' } }}
    >
      <EuiCallOut color="warning" iconType="warning" title={formatMessage(messages.title)}>
        <p id={textId}>{formatMessage(messages.text)}</p>
        <EuiFlexGroup gutterSize="s" alignItems="center" responsive={false} wrap>
          {/* They keep the focus while the text is saved. */}
          <EuiButton
            size="s"
            color="warning"
            hasAriaDisabled
            isDisabled={isSaving}
            onClick={onLoad}
          >
            {formatMessage(messages.load)}
          </EuiButton>
          <EuiButtonEmpty
            size="s"
            color="warning"
            hasAriaDisabled
            isLoading={isSaving}
            onClick={onOverwrite}
          >
            {formatMessage(messages.overwrite)}
          </EuiButtonEmpty>
        </EuiFlexGroup>
      </EuiCallOut>
    </section>
  );
}
