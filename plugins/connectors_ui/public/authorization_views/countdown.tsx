import { EuiText } from '@elastic/eui';
import { defineMessages, useCore } from '@latchkey/core/public';
import { type ReactElement, useEffect, useState } from 'react';
import { useIntl } from 'react-intl';
import { timeLeft } from './time_left.ts';

const messages = defineMessages({
  left: { id: 'connectorsUi.countdown.left', defaultMessage: '{time} left' },
});

/** Remaining time, which changes every second. Screen readers do not read each change. */
export function Countdown({ until }: { readonly until: number }): ReactElement {
  const { clock } = useCore();
  const [now, setNow] = useState(clock.now());
  const { formatMessage } = useIntl();
  // A timer that ends at the next full second. Each change of `now` starts the next timer.
  useEffect(() => clock.after(1000 - (now % 1000), () => setNow(clock.now())), [clock, now]);
  return (
    <EuiText size="xs" color="subdued" role="timer" aria-live="off" component="span">
      <span style={{ fontVariantNumeric: 'tabular-nums', whiteSpace: 'nowrap' }}>
        {formatMessage(messages.left, { time: timeLeft(until, now) })}
      </span>
    </EuiText>
  );
}
