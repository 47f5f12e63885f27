import {
  EuiButtonEmpty,
  EuiFlexGroup,
  EuiFlexItem,
  EuiFormRow,
  EuiIcon,
  EuiLink,
  EuiPanel,
  EuiText,
} from '@elastic/eui';
import { defineMessages } from '@latchkey/core/public';
import { type ReactElement, useEffect, useRef } from 'react';
import { useIntl } from 'react-intl';

const messages = defineMessages({
  stored: { id: 'connectorsUi.secret.stored', defaultMessage: 'Stored' },
  replace: { id: 'connectorsUi.secret.replace', defaultMessage: 'Replace' },
  replaceNamed: { id: 'connectorsUi.secret.replaceNamed', defaultMessage: 'Replace {label}' },
  keep: { id: 'connectorsUi.secret.keep', defaultMessage: 'Keep the stored one' },
});

/**
 * A stored credential. Neither the credential nor a mask is shown: a mask could be saved as the
 * credential.
 */
export function StoredSecret(props: {
  readonly label: string;
  readonly isDisabled: boolean;
  /** `true`: it replaces the control that had the focus, so it takes the focus. */
  readonly takesFocus: boolean;
  readonly onReplace: () => void;
}): ReactElement {
  const { label, isDisabled, takesFocus, onReplace } = props;
  const { formatMessage } = useIntl();
  const replace = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (takesFocus) replace.current?.focus();
  }, [takesFocus]);
  return (
    <EuiFormRow fullWidth label={label} hasChildLabel={false}>
      <EuiPanel color="subdued" paddingSize="s" hasShadow={false}>
        <EuiFlexGroup alignItems="center" gutterSize="s" responsive={false}>
          <EuiFlexItem grow={false}>
            <EuiIcon type="lock" color="subdued" aria-hidden />
          </EuiFlexItem>
          <EuiFlexItem>
            <EuiText size="s">{formatMessage(messages.stored)}</EuiText>
          </EuiFlexItem>
          <EuiFlexItem grow={false}>
            <EuiButtonEmpty
              size="xs"
              buttonRef={replace}
              isDisabled={isDisabled}
              aria-label={formatMessage(messages.replaceNamed, { label })}
              onClick={onReplace}
            >
              {formatMessage(messages.replace)}
            </EuiButtonEmpty>
          </EuiFlexItem>
        </EuiFlexGroup>
      </EuiPanel>
    </EuiFormRow>
  );
}

/** Link beside a credential that is being replaced. It restores the stored one. */
export function KeepStoredLink({ onKeep }: { readonly onKeep: () => void }): ReactElement {
  const { formatMessage } = useIntl();
  return (
    <EuiLink color="primary" onClick={onKeep}>
      {formatMessage(messages.keep)}
    </EuiLink>
  );
}
