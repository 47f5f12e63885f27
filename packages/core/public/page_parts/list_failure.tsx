import { EuiButtonEmpty, EuiCallOut, EuiFlexGroup, EuiFlexItem } from '@elastic/eui';
import type { ReactElement } from 'react';
import { useIntl } from 'react-intl';
import { defineMessages } from '../i18n/define_messages.ts';
import { type LoadFailureProps, RetryText } from './load_failure.tsx';
import { NoticeAnnouncement } from './notice_announcement.tsx';

/** Failure to load a list, as a page shows it. */
export interface ListFailure {
  /** Failure to load the list, which is not shown. `undefined`: it has not failed. */
  readonly failure?: LoadFailureProps | undefined;
  /**
   * Failure to load the list again. The list of the last success is shown, with a notice.
   * `undefined`: the list is up to date.
   */
  readonly outdated?: LoadFailureProps | undefined;
}

/** Part of the result of `useQuery` that tells if a list can be shown. */
interface ListQuery {
  /** Set when the last request failed. */
  readonly error: Error | null;
  /** Data of the last success. `undefined`: there is none for these filters. */
  readonly data: unknown;
  readonly refetch: () => unknown;
}

/**
 * Properties of `ListPage` after a request for its list. A list that was loaded before stays, so
 * that a failed update takes neither the chosen rows nor the focus from the user.
 * @param textOf text for the user: the cause and the next step
 * @param title names the list. Default: a general title
 */
export function listFailure(
  { error, data, refetch }: ListQuery,
  textOf: (error: Error) => string,
  title?: string,
): ListFailure {
  if (error === null) return {};
  const shown: LoadFailureProps = {
    text: textOf(error),
    onRetry: () => void refetch(),
    ...(title === undefined ? {} : { title }),
  };
  return data === undefined ? { failure: shown } : { outdated: shown };
}

const messages = defineMessages({
  outdated: {
    id: 'core.list.outdatedTitle',
    defaultMessage: 'The list may be out of date',
  },
});

/** Notice above a list that could not be loaded again. */
export function OutdatedNotice({
  text,
  onRetry,
}: Pick<LoadFailureProps, 'text' | 'onRetry'>): ReactElement {
  const title = useIntl().formatMessage(messages.outdated);
  return (
    <EuiCallOut size="s" color="warning" iconType="warning" title={title}>
      <NoticeAnnouncement texts={[title, text]} />
      <EuiFlexGroup gutterSize="s" alignItems="center" responsive={false} wrap>
        <EuiFlexItem grow={false}>{text}</EuiFlexItem>
        <EuiFlexItem grow={false}>
          <EuiButtonEmpty size="xs" color="warning" onClick={onRetry}>
            <RetryText />
          </EuiButtonEmpty>
        </EuiFlexItem>
      </EuiFlexGroup>
    </EuiCallOut>
  );
}
