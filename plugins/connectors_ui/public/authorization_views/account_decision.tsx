import { EuiButton } from '@elastic/eui';
import { defineMessages } from '@latchkey/core/public';
import type { ReactElement } from 'react';
import { useIntl } from 'react-intl';
import type { AccountChange } from '../authorization/index.ts';
import { Countdown } from './countdown.tsx';
import { Notice } from './notice.tsx';

const messages = defineMessages({
  title: { id: 'connectorsUi.accountDecision.title', defaultMessage: 'Use another account?' },
  text: {
    id: 'connectorsUi.accountDecision.text',
    defaultMessage:
      'You are connected as {connected}, and signed in as {other}. Until you decide, {connected} stays in use.',
  },
  textUnnamed: {
    id: 'connectorsUi.accountDecision.textUnnamed',
    defaultMessage:
      'You are connected as {connected}. The provider did not say which account you signed in with now. Until you decide, {connected} stays in use.',
  },
  otherBrowser: {
    id: 'connectorsUi.accountDecision.otherBrowser',
    defaultMessage: 'Only the browser in which you signed in can change the account.',
  },
  keep: { id: 'connectorsUi.accountDecision.keep', defaultMessage: 'Keep {account}' },
  change: { id: 'connectorsUi.accountDecision.change', defaultMessage: 'Use {account}' },
  changeUnnamed: {
    id: 'connectorsUi.accountDecision.changeUnnamed',
    defaultMessage: 'Use the other account',
  },
});

/** Properties of {@link AccountDecision}. */
export interface AccountDecisionProps {
  readonly change: AccountChange;
  /** Deadline of the decision, in milliseconds since 1970. */
  readonly expiresAt: number;
  readonly onDecide: (decision: 'keep' | 'change', change: AccountChange) => void;
  /** `true`: the decision is being sent. */
  readonly isDeciding: boolean;
}

/** Asks the user which account the connector uses from now on. */
export function AccountDecision(props: AccountDecisionProps): ReactElement {
  const { change, expiresAt, onDecide, isDeciding } = props;
  const { connectedAccount: connected, newAccount: other, canChange } = change;
  const { formatMessage } = useIntl();
  const question =
    other === undefined
      ? formatMessage(messages.textUnnamed, { connected })
      : formatMessage(messages.text, { connected, other });
  return (
    <Notice
      color="warning"
      iconType="users"
      title={formatMessage(messages.title)}
      text={canChange ? question : `${question} ${formatMessage(messages.otherBrowser)}`}
    >
      <EuiButton
        size="s"
        fill
        color="warning"
        isLoading={isDeciding}
        onClick={() => onDecide('keep', change)}
      >
        {formatMessage(messages.keep, { account: connected })}
      </EuiButton>
      {canChange && (
        <EuiButton
          size="s"
          color="warning"
          isDisabled={isDeciding}
          onClick={() => onDecide('change', change)}
        >
          {other === undefined
            ? formatMessage(messages.changeUnnamed)
            : formatMessage(messages.change, { account: other })}
        </EuiButton>
      )}
      <Countdown until={expiresAt} />
    </Notice>
  );
}
