import {
  EuiFlyout,
  EuiFlyoutBody,
  EuiFlyoutHeader,
  EuiSkeletonText,
  EuiTitle,
  useGeneratedHtmlId,
} from '@elastic/eui';
import { defineMessages, type Failure } from '@latchkey/core/public';
import { FLYOUT_SIZE, FormFailure } from '@latchkey/core/public/page_parts';
import type { ReactElement } from 'react';
import { useIntl } from 'react-intl';

const messages = defineMessages({
  title: { id: 'workflows.runDialog.title', defaultMessage: 'Run {name}' },
  loading: { id: 'workflows.runDialog.loading', defaultMessage: 'Loading the inputs' },
});

/** The run dialog until the inputs of the workflow are loaded. */
export function RunDialogLoading(props: {
  readonly name: string;
  /** Failure to load the inputs. `undefined`: they are being loaded. */
  readonly failure: Failure | undefined;
  readonly onClose: () => void;
}): ReactElement {
  const { name, failure, onClose } = props;
  const { formatMessage } = useIntl();
  const titleId = useGeneratedHtmlId();
  return (
    <EuiFlyout ownFocus {...FLYOUT_SIZE} aria-labelledby={titleId} onClose={onClose}>
      <EuiFlyoutHeader hasBorder>
        <EuiTitle size="s">
          <h2 id={titleId} css={{ overflowWrap: 'anywhere' }}>
            {formatMessage(messages.title, { name })}
          </h2>
        </EuiTitle>
      </EuiFlyoutHeader>
      <EuiFlyoutBody>
        <FormFailure failure={failure} />
        {failure === undefined && (
          <EuiSkeletonText lines={4} contentAriaLabel={formatMessage(messages.loading)} />
        )}
      </EuiFlyoutBody>
    </EuiFlyout>
  );
}
