import { copyToClipboard, EuiCopy } from '@elastic/eui';
import type { ReactElement } from 'react';
import { useIntl } from 'react-intl';
import { defineMessages } from '../i18n/define_messages.ts';
import { useCore } from '../use_core.ts';

const messages = defineMessages({
  copied: { id: 'core.copy.copied', defaultMessage: 'Copied' },
  refusedTitle: { id: 'core.copy.refusedTitle', defaultMessage: 'The browser copied nothing' },
  refusedText: {
    id: 'core.copy.refusedText',
    defaultMessage: 'It does not allow this page to copy. Select the text and copy it yourself.',
  },
});

/** Lets a button copy a text, and tells the user if the browser has copied it. */
export function CopyText(props: {
  readonly text: string;
  /** Called when the text is in the clipboard. */
  readonly onCopied?: () => void;
  /** Renders the button, which calls `copy`. */
  readonly children: (copy: () => void) => ReactElement;
}): ReactElement {
  const { text, onCopied, children } = props;
  const { formatMessage } = useIntl();
  const { feedback } = useCore();
  const refuse = () =>
    feedback.toast({
      color: 'warning',
      title: formatMessage(messages.refusedTitle),
      text: formatMessage(messages.refusedText),
    });
  return (
    <EuiCopy textToCopy={text} afterMessage={formatMessage(messages.copied)}>
      {(copyAndSay) =>
        children(() => {
          // EUI shows nothing when the browser refuses.
          if (!copyToClipboard(text)) return refuse();
          copyAndSay();
          onCopied?.();
        })
      }
    </EuiCopy>
  );
}
