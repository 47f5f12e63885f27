import { EuiButton, EuiEmptyPrompt } from '@elastic/eui';
import { useEffect } from 'react';
import { useIntl } from 'react-intl';
import { defineMessages } from '../i18n/define_messages.ts';
import { useCore } from '../use_core.ts';

const messages = defineMessages({
  title: { id: 'core.page.notFoundTitle', defaultMessage: 'Page not found' },
  text: {
    id: 'core.page.notFoundText',
    defaultMessage: 'No page has this address. It may have been moved, or the link is incomplete.',
  },
});

/** Properties of {@link NotFound}. */
export interface NotFoundProps {
  /** Title that says what is missing. Default: the page. */
  readonly title?: string;
  /** Text that says why it may be missing. Default: reasons for a missing page. */
  readonly text?: string;
  /** Link to a page where the user can continue. `undefined`: no link. */
  readonly link:
    | {
        readonly href: string;
        readonly onClick: (event: React.MouseEvent) => void;
        readonly label: string;
      }
    | undefined;
}

/** Page shown in place of a page whose address or object does not exist. */
export function NotFound(props: NotFoundProps) {
  const { formatMessage } = useIntl();
  const { chrome } = useCore();
  const {
    title = formatMessage(messages.title),
    text = formatMessage(messages.text),
    link,
  } = props;
  useEffect(() => chrome.setTitle(title), [chrome, title]);
  return (
    <EuiEmptyPrompt
      iconType="magnify"
      title={<h1>{title}</h1>}
      body={<p>{text}</p>}
      actions={
        link === undefined ? undefined : (
          <EuiButton fill href={link.href} onClick={link.onClick}>
            {link.label}
          </EuiButton>
        )
      }
    />
  );
}
