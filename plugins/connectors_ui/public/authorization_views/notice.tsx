import { EuiCallOut, EuiFlexGroup, EuiFlexItem } from '@elastic/eui';
import { Children, type ReactElement, type ReactNode } from 'react';

/** Properties of {@link Notice}. */
export interface NoticeProps {
  readonly color: 'primary' | 'success' | 'warning' | 'danger';
  readonly iconType: string;
  readonly title: string;
  readonly text?: string | undefined;
  readonly onDismiss?: (() => void) | undefined;
  /** Buttons in a row, followed by a countdown if there is one. */
  readonly children?: ReactNode;
}

/** A small callout with a sentence, and a row of buttons below it. */
export function Notice(props: NoticeProps): ReactElement {
  const { color, iconType, title, text, onDismiss, children } = props;
  const actions = Children.toArray(children);
  const hasContent = text !== undefined || actions.length > 0;
  return (
    <EuiCallOut
      size="s"
      color={color}
      iconType={iconType}
      title={title}
      heading="p"
      {...(onDismiss === undefined ? {} : { onDismiss })}
    >
      {hasContent && (
        <>
          {text !== undefined && <p>{text}</p>}
          {actions.length > 0 && (
            <EuiFlexGroup gutterSize="s" alignItems="center" responsive={false} wrap>
              {Children.map(actions, (action) => (
                <EuiFlexItem grow={false} css={{ maxInlineSize: '100%' }}>
                  {action}
                </EuiFlexItem>
              ))}
            </EuiFlexGroup>
          )}
        </>
      )}
    </EuiCallOut>
  );
}
