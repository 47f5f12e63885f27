import type { ReactElement } from 'react';
import { useIntl } from 'react-intl';
import { CLOCK_UNCERTAINTY_MS } from '../http/server_clock.ts';
import { defineMessages } from '../i18n/define_messages.ts';
import { useCore } from '../use_core.ts';
import { relativeTime } from './relative_time_value.ts';

const messages = defineMessages({
  now: { id: 'core.time.now', defaultMessage: 'a moment ago' },
  soon: { id: 'core.time.soon', defaultMessage: 'in a moment' },
});

/**
 * Capitalizes the first letter, as at the beginning of a sentence. CSS does this only in blocks.
 */
const SENTENCE = {
  display: 'inline-block',
  '&::first-letter': { textTransform: 'uppercase' },
} as const;

/** An instant as a distance in words, such as "3 days ago", with the exact instant as its title. */
export function RelativeTime(props: {
  readonly at: Date;
  /**
   * `true`: these words are the whole text, for example of a cell, and begin with a capital letter.
   * Default: they are part of a sentence.
   */
  readonly isSentence?: boolean;
}): ReactElement {
  const { at, isSentence = false } = props;
  const { clock } = useCore();
  const { formatDate, formatMessage, formatRelativeTime } = useIntl();
  const now = clock.now();
  const distance = relativeTime(at, now);
  // What has just happened on the server must not seem to be in the future.
  const isSoon = at.getTime() > now + CLOCK_UNCERTAINTY_MS;
  return (
    <time
      dateTime={at.toISOString()}
      css={isSentence ? SENTENCE : {}}
      title={formatDate(at, { dateStyle: 'full', timeStyle: 'short' })}
    >
      {distance.value === 0
        ? formatMessage(isSoon ? messages.soon : messages.now)
        : formatRelativeTime(distance.value, distance.unit, { numeric: 'auto' })}
    </time>
  );
}
