import type { Story, StoryGroup } from '@latchkey/core/public/stories';
import type { Attempt } from '../authorization/index.ts';
import { AttemptNotice } from './attempt_notice.tsx';

const expiresAt = Date.now() + 9 * 60_000;
const LONG = `${'ana.of.engineering.'.repeat(10)}@example.com`;
const nothing = (): void => undefined;
const failed = (reason: string, who: 'you' | 'administrator' | 'nobody'): Attempt => ({
  status: 'failed',
  reason,
  who,
  message: '',
});
const change = { flowId: 'f', connectedAccount: 'ana@example.com', canChange: true };

const ATTEMPTS: Record<string, Attempt> = {
  blocked: { status: 'blocked', url: 'https://provider.example/', expiresAt },
  waiting: { status: 'waiting', windowSeen: true, expiresAt },
  'waiting for a window that cannot be seen': { status: 'waiting', windowSeen: false, expiresAt },
  'left for the provider in this window': {
    status: 'waiting',
    windowSeen: false,
    isRedirect: true,
    expiresAt,
  },
  'different account': {
    status: 'waiting',
    windowSeen: true,
    expiresAt,
    accountChange: { ...change, newAccount: 'ben@example.com' },
  },
  'account without a name': {
    status: 'waiting',
    windowSeen: true,
    expiresAt,
    accountChange: { ...change, newAccount: undefined },
  },
  'different account in another browser': {
    status: 'waiting',
    windowSeen: false,
    expiresAt,
    accountChange: { ...change, newAccount: 'ben@example.com', canChange: false },
  },
  'different account, names without spaces': {
    status: 'waiting',
    windowSeen: true,
    expiresAt,
    accountChange: { ...change, connectedAccount: LONG, newAccount: `other_${LONG}` },
  },
  'succeeded, name without spaces': { status: 'succeeded', account: LONG, accountChanged: false },
  succeeded: { status: 'succeeded', account: 'ana@example.com', accountChanged: false },
  'succeeded without a name': { status: 'succeeded', account: undefined, accountChanged: false },
  'succeeded with another account': {
    status: 'succeeded',
    account: 'ben@example.com',
    accountChanged: true,
  },
  'failed: the user acts': failed('provider_refused', 'you'),
  'failed: an administrator acts': failed('client_rejected', 'administrator'),
  'failed: it passes': failed('provider_unavailable', 'nobody'),
  'account kept': failed('account_kept', 'nobody'),
  cancelled: { status: 'cancelled' },
  expired: { status: 'expired' },
};

/** Every state of an authorization. */
export const stories: StoryGroup = {
  title: 'Authorization notice',
  stories: Object.entries(ATTEMPTS).map(
    ([name, attempt]): Story => ({
      name,
      render: () => (
        <AttemptNotice
          attempt={attempt}
          connectorName="Google Drive"
          onAuthorize={nothing}
          onFollowLink={nothing}
          onAuthorizeHere={nothing}
          onDismiss={nothing}
          decision={{ onDecide: nothing, isDeciding: false }}
        />
      ),
    }),
  ),
};
