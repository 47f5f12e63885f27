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

/**
 * Footer of a flyout. The button that closes the flyout is on the left; actions are on the right,
 * the most important one last.
 */
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
        {/* Aligned to the right, even if the actions are on a line of their own. */}
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
  /** `true`: the button takes the focus when it appears. Default: `false`. */
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
        // `aria-disabled` instead of `disabled`, so that the button keeps the focus while the form
        // is saved.
        hasAriaDisabled
        onClick={onClick}
      >
        {label}
      </EuiButton>
    </EuiFlexItem>
  );
}

/** Content of a tab in which nothing can be saved, with a footer that closes the flyout. */
export function CloseFooter(props: {
  readonly onClose: () => void;
  /** Further button on the right. Absent: none. */
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
