import { defineMessages, useCore } from '@latchkey/core/public';
import type { ReactElement } from 'react';
import { useIntl } from 'react-intl';
import { relativeTime } from './relative_time_value.ts';

const messages = defineMessages({
  now: { id: 'connectorsUi.time.now', defaultMessage: 'a moment ago' },
  soon: { id: 'connectorsUi.time.soon', defaultMessage: 'in a moment' },
});

/** An instant as a distance in words, with the exact instant as its title. */
export function RelativeTime({ at }: { readonly at: Date }): ReactElement {
  const { clock } = useCore();
  const { formatDate, formatMessage, formatRelativeTime } = useIntl();
  const distance = relativeTime(at, clock.now());
  return (
    <time
      dateTime={at.toISOString()}
      title={formatDate(at, { dateStyle: 'full', timeStyle: 'short' })}
    >
      {distance.value === 0
        ? formatMessage(at.getTime() > clock.now() ? messages.soon : messages.now)
        : formatRelativeTime(distance.value, distance.unit, { numeric: 'auto' })}
    </time>
  );
}
