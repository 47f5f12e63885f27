import { EuiText } from '@elastic/eui';
import { FormattedMessage } from 'react-intl';

/** Beside the label of a field that may be empty: `labelAppend` of its row. */
export function OptionalLabel() {
  return (
    <EuiText size="xs" color="subdued">
      <FormattedMessage id="core.field.optional" defaultMessage="Optional" />
    </EuiText>
  );
}
