import {
  EuiButton,
  EuiButtonEmpty,
  EuiCallOut,
  EuiFlexGroup,
  EuiSpacer,
  useGeneratedHtmlId,
} from '@elastic/eui';
import { defineMessages } from '@latchkey/core/public';
import { type ReactElement, useEffect, useRef } from 'react';
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

/**
 * Choice after a save that was refused because the connector was changed meanwhile. Takes the focus
 * when it appears: the button that saves may be far below.
 */
export function StaleNotice(props: {
  readonly isSaving: boolean;
  readonly onReload: () => void;
  readonly onOverwrite: () => void;
}): ReactElement {
  const { isSaving } = props;
  const { formatMessage } = useIntl();
  const notice = useRef<HTMLElement>(null);
  useEffect(() => notice.current?.focus(), []);
  const textId = useGeneratedHtmlId();
  return (
    <>
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
            {/* They keep the focus while the form saves. */}
            <EuiButton
              size="s"
              color="warning"
              hasAriaDisabled
              isDisabled={isSaving}
              onClick={props.onReload}
            >
              {formatMessage(messages.reload)}
            </EuiButton>
            <EuiButtonEmpty
              size="s"
              color="warning"
              hasAriaDisabled
              isLoading={isSaving}
              onClick={props.onOverwrite}
            >
              {formatMessage(messages.overwrite)}
            </EuiButtonEmpty>
          </EuiFlexGroup>
        </EuiCallOut>
      </section>
      <EuiSpacer size="m" />
    </>
  );
}
