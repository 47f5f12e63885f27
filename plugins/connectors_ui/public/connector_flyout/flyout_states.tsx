import { EuiButton, EuiEmptyPrompt, EuiFlyoutBody, EuiSkeletonText, EuiSpacer } from '@elastic/eui';
import { defineMessages } from '@latchkey/core/public';
import { type ReactElement, useEffect, useState } from 'react';
import { useIntl } from 'react-intl';
import { useUnavailability } from '../connection_controls/index.ts';
import type { Unavailability } from '../connection_status/index.ts';

const messages = defineMessages({
  loading: { id: 'connectorsUi.flyout.loading', defaultMessage: 'Loading the form' },
  failed: {
    id: 'connectorsUi.flyout.failed',
    defaultMessage: 'The form could not be loaded',
  },
  retry: { id: 'connectorsUi.flyout.retry', defaultMessage: 'Try again' },
  notFound: {
    id: 'connectorsUi.flyout.notFound',
    defaultMessage: 'This connector does not exist',
  },
  notFoundText: {
    id: 'connectorsUi.flyout.notFoundText',
    defaultMessage:
      'It was deleted, it belongs to another space, or the address of this page is wrong.',
  },
  notAvailable: {
    id: 'connectorsUi.flyout.notAvailable',
    defaultMessage: 'This connector is not available',
  },
  close: { id: 'connectorsUi.flyout.backToList', defaultMessage: 'Back to the connectors' },
});

/**
 * Milliseconds before a loading indicator is shown, so that the flyout does not flash at a shorter
 * load.
 */
const LOADING_DELAY_MS = 300;

/** Content of a flyout while it loads. */
export function FlyoutLoading(): ReactElement {
  const { formatMessage } = useIntl();
  const [isVisible, setVisible] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setVisible(true), LOADING_DELAY_MS);
    return () => clearTimeout(timer);
  }, []);
  return (
    <EuiFlyoutBody>
      <div aria-live="polite" aria-busy>
        {isVisible ? (
          <>
            <EuiSkeletonText lines={3} contentAriaLabel={formatMessage(messages.loading)} />
            <EuiSpacer size="l" />
            <EuiSkeletonText lines={5} contentAriaLabel={formatMessage(messages.loading)} />
          </>
        ) : null}
      </div>
    </EuiFlyoutBody>
  );
}

/** Content of a flyout when its data could not be loaded. */
export function FlyoutFailed(props: {
  readonly text: string;
  readonly onRetry: () => void;
}): ReactElement {
  const { formatMessage } = useIntl();
  return (
    <EuiFlyoutBody>
      <div role="alert">
        <EuiEmptyPrompt
          color="danger"
          iconType="error"
          titleSize="s"
          title={<h3>{formatMessage(messages.failed)}</h3>}
          body={<p>{props.text}</p>}
          actions={
            <EuiButton iconType="refresh" onClick={props.onRetry}>
              {formatMessage(messages.retry)}
            </EuiButton>
          }
        />
      </div>
    </EuiFlyoutBody>
  );
}

/** Content of a flyout for a connector that does not exist. */
export function ConnectorNotFound({ onClose }: { readonly onClose: () => void }): ReactElement {
  const { formatMessage } = useIntl();
  return (
    <FlyoutNotice
      iconType="magnify"
      title={formatMessage(messages.notFound)}
      text={formatMessage(messages.notFoundText)}
      onClose={onClose}
    />
  );
}

/** Content of a flyout for a connector that this server cannot use. */
export function NotAvailable(props: {
  readonly reason: Unavailability;
  readonly onClose: () => void;
}): ReactElement {
  const { formatMessage } = useIntl();
  const { textOf } = useUnavailability();
  return (
    <FlyoutNotice
      iconType="plugs"
      title={formatMessage(messages.notAvailable)}
      text={textOf(props.reason)}
      onClose={props.onClose}
    />
  );
}

/**
 * Content of a flyout whose URL names something that cannot be shown. Trying again would not help.
 */
export function FlyoutNotice(props: {
  readonly iconType: string;
  readonly title: string;
  readonly text: string;
  readonly onClose: () => void;
}): ReactElement {
  const { iconType, title, text, onClose } = props;
  const { formatMessage } = useIntl();
  return (
    <EuiFlyoutBody>
      <div role="alert">
        <EuiEmptyPrompt
          color="subdued"
          iconType={iconType}
          titleSize="s"
          title={<h3>{title}</h3>}
          body={<p>{text}</p>}
          actions={<EuiButton onClick={onClose}>{formatMessage(messages.close)}</EuiButton>}
        />
      </div>
    </EuiFlyoutBody>
  );
}
