import {
  EuiBadge,
  EuiFlexGroup,
  EuiFlexItem,
  EuiFlyout,
  EuiFlyoutHeader,
  EuiIcon,
  EuiText,
  EuiTitle,
  useGeneratedHtmlId,
} from '@elastic/eui';
import { FLYOUT_SIZE } from '@latchkey/core/public/page_parts';
import type { ReactElement, ReactNode } from 'react';

/** Flyout with a title, an icon, and content below the title. */
export function FlyoutFrame(props: {
  readonly title: string;
  readonly subtitle?: string | undefined;
  /** Name of the icon. `undefined`: no icon. */
  readonly icon?: string | undefined;
  readonly badge?: string | undefined;
  /** Content of the header below the title, for example tabs. */
  readonly header?: ReactNode;
  readonly onClose: () => void;
  readonly children: ReactNode;
}): ReactElement {
  const { title, subtitle, icon, badge, header, onClose, children } = props;
  const titleId = useGeneratedHtmlId();
  return (
    <EuiFlyout ownFocus {...FLYOUT_SIZE} onClose={onClose} aria-labelledby={titleId}>
      <EuiFlyoutHeader hasBorder>
        <EuiFlexGroup gutterSize="m" alignItems="center" responsive={false}>
          {icon === undefined ? null : (
            <EuiFlexItem grow={false}>
              <EuiIcon type={icon} size="xl" aria-hidden />
            </EuiFlexItem>
          )}
          <EuiFlexItem css={{ minInlineSize: 0 }}>
            <EuiFlexGroup gutterSize="s" alignItems="center" responsive={false} wrap>
              <EuiFlexItem grow={false}>
                <EuiTitle size="s">
                  <h2 id={titleId} css={{ overflowWrap: 'anywhere' }}>
                    <bdi>{title}</bdi>
                  </h2>
                </EuiTitle>
              </EuiFlexItem>
              {badge === undefined ? null : (
                <EuiFlexItem grow={false}>
                  <EuiBadge color="hollow">{badge}</EuiBadge>
                </EuiFlexItem>
              )}
            </EuiFlexGroup>
            {subtitle === undefined ? null : (
              <EuiText size="s" color="subdued">
                {subtitle}
              </EuiText>
            )}
          </EuiFlexItem>
        </EuiFlexGroup>
        {header}
      </EuiFlyoutHeader>
      {children}
    </EuiFlyout>
  );
}
