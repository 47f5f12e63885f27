import { EuiProgress, EuiSpacer } from '@elastic/eui';
import type { ReactElement } from 'react';
import { useIntl } from 'react-intl';
import { defineMessages } from '../i18n/define_messages.ts';

const messages = defineMessages({
  more: { id: 'core.deletion.more', defaultMessage: 'And {count, number} more' },
  progress: {
    id: 'core.deletion.progress',
    defaultMessage: '{done, number} of {count, number} deleted',
  },
});

/** Maximum number of names that a dialog shows. */
const MAX_NAMES = 8;

/**
 * Names of the entries that are about to be deleted. If there are many, the rest is shown as a
 * number.
 */
export function DeletedNames(props: {
  readonly entries: readonly { readonly id: string; readonly name: string }[];
}): ReactElement {
  const { entries } = props;
  const { formatMessage } = useIntl();
  const more = entries.length - MAX_NAMES;
  return (
    <ul>
      {entries.slice(0, MAX_NAMES).map(({ id, name }) => (
        <li key={id}>
          <bdi>{name}</bdi>
        </li>
      ))}
      {more > 0 ? <li>{formatMessage(messages.more, { count: more })}</li> : null}
    </ul>
  );
}

/** Progress of the deletion of several entries. */
export function DeletionProgress(props: {
  readonly done: number;
  readonly count: number;
}): ReactElement {
  const { done, count } = props;
  const { formatMessage } = useIntl();
  return (
    <>
      <EuiSpacer size="m" />
      <EuiProgress
        size="s"
        value={done}
        max={count}
        label={formatMessage(messages.progress, { done, count })}
      />
    </>
  );
}
