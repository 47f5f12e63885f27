import {
  EuiButton,
  EuiButtonEmpty,
  EuiFlexGroup,
  EuiFlexItem,
  EuiFlyoutBody,
  EuiFlyoutFooter,
} from '@elastic/eui';
import { defineMessages } from '@latchkey/core/public';
import { type ReactElement, type ReactNode, useEffect, useRef } from 'react';
import { useIntl } from 'react-intl';

const messages = defineMessages({
  close: { id: 'connectorsUi.flyout.close', defaultMessage: 'Close' },
});

/** Footer of a flyout. Closes on the left; actions on the right, the most important one last. */
export function FlyoutFooter(props: {
  readonly leave: { readonly label: string; readonly icon?: string; readonly onClick: () => void };
  readonly children?: ReactNode;
}): ReactElement {
  const { leave, children } = props;
  return (
    <EuiFlyoutFooter>
      <EuiFlexGroup justifyContent="spaceBetween" gutterSize="s" responsive={false} wrap>
        <EuiFlexItem grow={false}>
          <EuiButtonEmpty
            flush="left"
            {...(leave.icon === undefined ? {} : { iconType: leave.icon })}
            onClick={leave.onClick}
          >
            {leave.label}
          </EuiButtonEmpty>
        </EuiFlexItem>
        {/* On a line of its own it keeps the right edge. */}
        <EuiFlexItem grow={false} css={{ marginInlineStart: 'auto' }}>
          <EuiFlexGroup
            gutterSize="s"
            alignItems="center"
            justifyContent="flexEnd"
            responsive={false}
            wrap
          >
            {children}
          </EuiFlexGroup>
        </EuiFlexItem>
      </EuiFlexGroup>
    </EuiFlyoutFooter>
  );
}

/** Button of the footer. */
export function FooterButton(props: {
  readonly label: string;
  readonly isPrimary?: boolean;
  readonly isLoading?: boolean;
  readonly isDisabled?: boolean;
  /** Takes the focus when the button appears. Default: `false` */
  readonly hasFocus?: boolean;
  readonly onClick: () => void;
}): ReactElement {
  const { label, isPrimary = false, isLoading = false, isDisabled = false, onClick } = props;
  const button = useRef<HTMLButtonElement>(null);
  const { hasFocus = false } = props;
  useEffect(() => {
    if (hasFocus) button.current?.focus();
  }, [hasFocus]);
  return (
    <EuiFlexItem grow={false}>
      <EuiButton
        buttonRef={button}
        fill={isPrimary}
        isLoading={isLoading}
        isDisabled={isDisabled}
        // Keeps the focus on the button while the form saves, and afterwards.
        hasAriaDisabled
        onClick={onClick}
      >
        {label}
      </EuiButton>
    </EuiFlexItem>
  );
}

/** Body of a tab that has nothing to save, with a footer that closes the flyout. */
export function CloseFooter(props: {
  readonly onClose: () => void;
  /** Button on the right. */
  readonly action?: ReactNode;
  readonly children: ReactNode;
}): ReactElement {
  const { formatMessage } = useIntl();
  return (
    <>
      <EuiFlyoutBody>{props.children}</EuiFlyoutBody>
      <FlyoutFooter leave={{ label: formatMessage(messages.close), onClick: props.onClose }}>
        {props.action ? <EuiFlexItem grow={false}>{props.action}</EuiFlexItem> : null}
      </FlyoutFooter>
    </>
  );
}
