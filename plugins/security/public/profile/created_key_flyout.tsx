import {
  EuiButton,
  EuiCallOut,
  EuiFieldText,
  EuiFlexGroup,
  EuiFlexItem,
  EuiFlyout,
  EuiFlyoutBody,
  EuiFlyoutFooter,
  EuiFlyoutHeader,
  EuiFormRow,
  EuiSpacer,
  EuiTitle,
  useGeneratedHtmlId,
} from '@elastic/eui';
import { defineMessages, useCore } from '@latchkey/core/public';
import { CopyText, FLYOUT_SIZE } from '@latchkey/core/public/page_parts';
import { useState } from 'react';
import { FormattedMessage, useIntl } from 'react-intl';

const messages = defineMessages({
  key: { id: 'security.createdKey.key', defaultMessage: 'API key' },
  help: {
    id: 'security.createdKey.help',
    defaultMessage: 'Send it in the header Authorization, after the word ApiKey and a space.',
  },
  onceTitle: { id: 'security.createdKey.onceTitle', defaultMessage: 'Copy the key now' },
  closeTitle: {
    id: 'security.createdKey.closeTitle',
    defaultMessage: 'Close without copying the key?',
  },
  closeText: {
    id: 'security.createdKey.closeText',
    defaultMessage: 'The key cannot be shown again. You would have to create another one.',
  },
  close: { id: 'security.createdKey.close', defaultMessage: 'Close without copying' },
});

/**
 * Flyout with a new key, which is never shown again. It asks before it closes if the user has not
 * copied the key.
 */
export function CreatedKeyFlyout(props: {
  readonly name: string;
  readonly encoded: string;
  readonly onClose: () => void;
}) {
  const { name, encoded, onClose } = props;
  const { formatMessage } = useIntl();
  const { feedback } = useCore();
  const titleId = useGeneratedHtmlId();
  const [isCopied, setCopied] = useState(false);
  const close = async () => {
    const isAgreed =
      isCopied ||
      (await feedback.confirm({
        title: formatMessage(messages.closeTitle),
        text: formatMessage(messages.closeText),
        confirmLabel: formatMessage(messages.close),
        color: 'danger',
      }));
    if (isAgreed) onClose();
  };
  return (
    <EuiFlyout ownFocus {...FLYOUT_SIZE} aria-labelledby={titleId} onClose={() => void close()}>
      <EuiFlyoutHeader hasBorder>
        <EuiTitle size="s">
          <h2 id={titleId}>
            <FormattedMessage
              id="security.createdKey.title"
              defaultMessage="API key {name} created"
              values={{ name }}
            />
          </h2>
        </EuiTitle>
      </EuiFlyoutHeader>
      <EuiFlyoutBody>
        <EuiCallOut color="warning" iconType="key" title={formatMessage(messages.onceTitle)}>
          <p>
            <FormattedMessage
              id="security.createdKey.onceText"
              defaultMessage="It is not shown again. Who has it can act in your name, so keep it like a password."
            />
          </p>
        </EuiCallOut>
        <EuiSpacer size="l" />
        <EuiFormRow
          fullWidth
          label={formatMessage(messages.key)}
          helpText={formatMessage(messages.help)}
        >
          <EuiFieldText
            fullWidth
            readOnly
            value={encoded}
            onFocus={({ target }) => target.select()}
            onCopy={() => setCopied(true)}
          />
        </EuiFormRow>
        <EuiSpacer size="m" />
        <CopyText text={encoded} onCopied={() => setCopied(true)}>
          {(copy) => (
            <EuiButton fill iconType="copy" onClick={copy}>
              <FormattedMessage id="security.createdKey.copy" defaultMessage="Copy" />
            </EuiButton>
          )}
        </CopyText>
      </EuiFlyoutBody>
      <EuiFlyoutFooter>
        <EuiFlexGroup justifyContent="flexEnd" responsive={false}>
          <EuiFlexItem grow={false}>
            <EuiButton onClick={() => void close()}>
              <FormattedMessage id="security.createdKey.done" defaultMessage="Done" />
            </EuiButton>
          </EuiFlexItem>
        </EuiFlexGroup>
      </EuiFlyoutFooter>
    </EuiFlyout>
  );
}
