import { EuiText } from '@elastic/eui';
import { FormattedMessage } from 'react-intl';

/**
 * The word "Optional" beside the label of a field that may be empty. Use it as `labelAppend` of the
 * row.
 */
export function OptionalLabel() {
  return (
    <EuiText size="xs" color="subdued">
      <FormattedMessage id="core.field.optional" defaultMessage="Optional" />
    </EuiText>
  );
}
