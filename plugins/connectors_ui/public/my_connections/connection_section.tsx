import { EuiFlexGroup, EuiFlexItem, EuiSpacer, EuiText, EuiTitle } from '@elastic/eui';
import { Children, type ReactElement, type ReactNode } from 'react';

/** A titled list of connections. */
export function ConnectionSection(props: {
  readonly title: string;
  readonly text?: string;
  /** `false`: there is nothing to list. */
  readonly isShown: boolean;
  readonly children: ReactNode;
}): ReactElement | null {
  const { title, text, isShown, children } = props;
  if (!isShown) return null;
  return (
    <section aria-label={title}>
      <EuiTitle size="xs">
        <h2>{title}</h2>
      </EuiTitle>
      {text !== undefined && (
        <EuiText size="s" color="subdued">
          {text}
        </EuiText>
      )}
      <EuiSpacer size="s" />
      <EuiFlexGroup direction="column" gutterSize="s" responsive={false}>
        {Children.map(
          children,
          (child) => child && <EuiFlexItem grow={false}>{child}</EuiFlexItem>,
        )}
      </EuiFlexGroup>
      <EuiSpacer size="l" />
    </section>
  );
}
