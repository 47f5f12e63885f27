import { EuiIcon, EuiLink, EuiPanel, EuiText, EuiTitle } from '@elastic/eui';
import { defineMessages } from '@latchkey/core/public';
import { createElement, Fragment, type ReactElement } from 'react';
import { useIntl } from 'react-intl';
import type { Problem } from './text/index.ts';

const messages = defineMessages({
  title: { id: 'workflows.problems.title', defaultMessage: 'Problems' },
  none: { id: 'workflows.problems.none', defaultMessage: 'No problems' },
  checking: { id: 'workflows.problems.checking', defaultMessage: 'Checking…' },
  count: {
    id: 'workflows.problems.count',
    defaultMessage:
      '{errors, plural, =0 {No errors} one {# error} other {# errors}}, {warnings, plural, =0 {no warnings} one {# warning} other {# warnings}}',
  },
  place: { id: 'workflows.problems.place', defaultMessage: 'Line {line}' },
  error: { id: 'workflows.problems.error', defaultMessage: 'Error' },
  warning: { id: 'workflows.problems.warning', defaultMessage: 'Warning' },
  info: { id: 'workflows.problems.info', defaultMessage: 'Note' },
  fix: { id: 'workflows.problems.fix', defaultMessage: 'Replace with {text}' },
  more: {
    id: 'workflows.problems.more',
    defaultMessage: 'There are more problems. Correct these first.',
  },
});

const ICONS = {
  error: { icon: 'error', color: 'danger' },
  warning: { icon: 'warning', color: 'warning' },
  info: { icon: 'info', color: 'primary' },
} as const;

/** Maximum number of problems in the list. The gutter of the editor marks all. */
const MAX_SHOWN = 100;

/** Properties of {@link ProblemsPanel}. */
export interface ProblemsPanelProps {
  /** Problems to list. `undefined`: the text is being checked for the first time. */
  readonly problems: readonly Problem[] | undefined;
  readonly isTruncated: boolean;
  readonly onOpen: (problem: Problem) => void;
  /** Called to replace the range of a problem. `undefined`: the user may not change the text. */
  readonly onFix: ((problem: Problem) => void) | undefined;
}

/** Lists the problems of the text. A click on a problem moves the cursor to its place. */
export function ProblemsPanel(props: ProblemsPanelProps): ReactElement {
  const { problems, isTruncated, onOpen, onFix } = props;
  const { formatMessage } = useIntl();
  const count = (severity: Problem['severity']) =>
    problems?.filter((problem) => problem.severity === severity).length ?? 0;
  const summary =
    problems === undefined
      ? formatMessage(messages.checking)
      : problems.length === 0
        ? formatMessage(messages.none)
        : formatMessage(messages.count, { errors: count('error'), warnings: count('warning') });
  return (
    <EuiPanel hasBorder hasShadow={false} paddingSize="m">
      <section aria-label={formatMessage(messages.title)}>
        <EuiTitle size="xs">
          <h2>{formatMessage(messages.title)}</h2>
        </EuiTitle>
        <EuiText size="s" color="subdued">
          <p role="status">{summary}</p>
        </EuiText>
        <ul css={LIST}>
          {(problems ?? []).slice(0, MAX_SHOWN).map((problem) => (
            <li key={keyOf(problem)} css={{ display: 'flex', gap: 8 }}>
              <EuiIcon
                type={ICONS[problem.severity].icon}
                color={ICONS[problem.severity].color}
                aria-label={formatMessage(messages[problem.severity])}
                css={{ marginBlockStart: 3, flexShrink: 0 }}
              />
              <EuiText size="s" css={{ overflowWrap: 'anywhere', minInlineSize: 0 }}>
                <EuiLink color="primary" onClick={() => onOpen(problem)}>
                  {formatMessage(messages.place, { line: problem.line })}
                </EuiLink>{' '}
                <WithCode text={problem.message} />
                {onFix === undefined || problem.replacement === undefined ? null : (
                  <>
                    {' '}
                    <EuiIcon type="wrench" size="s" aria-hidden />{' '}
                    <EuiLink color="primary" onClick={() => onFix(problem)}>
                      {formatMessage(messages.fix, { text: problem.replacement })}
                    </EuiLink>
                  </>
                )}
              </EuiText>
            </li>
          ))}
        </ul>
        {isTruncated || (problems?.length ?? 0) > MAX_SHOWN ? (
          <EuiText size="s" color="subdued">
            <p>{formatMessage(messages.more)}</p>
          </EuiText>
        ) : null}
      </section>
    </EuiPanel>
  );
}

/** A text whose parts in backticks are code. */
function WithCode({ text }: { readonly text: string }): ReactElement {
  const parts = text
    .split('`')
    .map((part, index) => (index % 2 === 0 ? part : createElement('code', {}, part)));
  return createElement(Fragment, {}, ...parts);
}

const LIST = {
  listStyle: 'none',
  margin: '8px 0 0',
  padding: 0,
  display: 'grid',
  gap: 8,
} as const;

const keyOf = ({ line, column, ruleId, message }: Problem): string =>
  `${line}:${column}:${ruleId}:${message}`;
