import { EuiButton, EuiEmptyPrompt } from '@elastic/eui';
import { FormattedMessage } from 'react-intl';

/** Properties of {@link LoadFailure}. */
export interface LoadFailureProps {
  /** Title that names the data that could not be loaded. Default: a general title. */
  readonly title?: string;
  /** Text for the user: the cause and the next step. */
  readonly text: string;
  /** `true`: the data is being loaded again. Default: `false`. */
  readonly isRetrying?: boolean;
  readonly onRetry: () => void;
}

/** Shown in place of data that could not be loaded. */
export function LoadFailure(props: LoadFailureProps) {
  const { title, text, isRetrying = false, onRetry } = props;
  return (
    <EuiEmptyPrompt
      color="danger"
      iconType="error"
      titleSize="s"
      title={
        <h2>
          {title ?? (
            <FormattedMessage
              id="core.load.failedTitle"
              defaultMessage="The data could not be loaded"
            />
          )}
        </h2>
      }
      body={<p>{text}</p>}
      actions={
        <EuiButton
          iconType="refresh"
          isLoading={isRetrying}
          // The button keeps the focus while the data is loaded.
          hasAriaDisabled={isRetrying}
          onClick={onRetry}
        >
          <RetryText />
        </EuiButton>
      }
    />
  );
}

/** Text of a button that loads data again. */
export function RetryText() {
  return <FormattedMessage id="core.load.retry" defaultMessage="Try again" />;
}
