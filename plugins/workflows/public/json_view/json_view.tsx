import { EuiButtonEmpty, EuiFlexGroup, EuiFlexItem, EuiText, useEuiTheme } from '@elastic/eui';
import { defineMessages } from '@latchkey/core/public';
import { CopyText } from '@latchkey/core/public/page_parts';
import { type ReactElement, useId, useState } from 'react';
import { useIntl } from 'react-intl';
import { type CutText, cutText, valueText } from './value_text.ts';

const messages = defineMessages({
  copy: { id: 'workflows.json.copy', defaultMessage: 'Copy' },
  copyNamed: { id: 'workflows.json.copyNamed', defaultMessage: 'Copy: {label}' },
  showAll: {
    id: 'workflows.json.showAll',
    defaultMessage: 'Show all {count, plural, one {# character} other {# characters}}',
  },
  showLess: { id: 'workflows.json.showLess', defaultMessage: 'Show less' },
});

/** Properties of {@link JsonView}. */
export interface JsonViewProps {
  /** Name of the value, for example `Output`. */
  readonly label: string;
  readonly value: unknown;
}

/**
 * Shows a value as JSON, with a button that copies it. A long value is cut until the user asks for
 * all of it.
 */
export function JsonView({ label, value }: JsonViewProps): ReactElement {
  const { formatMessage } = useIntl();
  const { euiTheme } = useEuiTheme();
  const id = useId();
  const [isWhole, setWhole] = useState(false);
  const text = valueText(value);
  const cut: CutText = cutText(text);
  const box = {
    margin: 0,
    padding: euiTheme.size.s,
    maxBlockSize: 360,
    overflow: 'auto',
    fontFamily: euiTheme.font.familyCode,
    fontSize: 12,
    lineHeight: 1.5,
    whiteSpace: 'pre-wrap',
    overflowWrap: 'anywhere',
    color: euiTheme.colors.textParagraph,
    background: euiTheme.colors.backgroundBaseSubdued,
    borderRadius: euiTheme.border.radius.small,
  } as const;
  return (
    <section aria-labelledby={id}>
      <EuiFlexGroup gutterSize="s" alignItems="center" responsive={false}>
        <EuiFlexItem>
          <EuiText size="xs" color="subdued">
            <strong id={id}>{label}</strong>
          </EuiText>
        </EuiFlexItem>
        <EuiFlexItem grow={false}>
          <CopyText text={text}>
            {(copy) => (
              <EuiButtonEmpty
                size="xs"
                iconType="copy"
                aria-label={formatMessage(messages.copyNamed, { label })}
                onClick={copy}
              >
                {formatMessage(messages.copy)}
              </EuiButtonEmpty>
            )}
          </CopyText>
        </EuiFlexItem>
      </EuiFlexGroup>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: users scroll it by keyboard */}
      <pre tabIndex={0} css={box}>
        {isWhole ? text : cut.text}
        {cut.isCut && !isWhole ? '…' : null}
      </pre>
      {cut.isCut && (
        <EuiButtonEmpty size="xs" onClick={() => setWhole(!isWhole)} aria-expanded={isWhole}>
          {isWhole
            ? formatMessage(messages.showLess)
            : formatMessage(messages.showAll, { count: text.length })}
        </EuiButtonEmpty>
      )}
    </section>
  );
}
