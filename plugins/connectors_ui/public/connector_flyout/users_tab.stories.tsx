import { EuiFlyoutBody, EuiLink } from '@elastic/eui';
import type { StoryGroup } from '@latchkey/core/public/stories';
import type { UserCounts } from '../connector_data/index.ts';
import { CopyField } from './copy_field.tsx';
import { FlyoutFrame } from './flyout_frame.tsx';
import { UsersTab } from './users_tab.tsx';

const nothing = (): void => undefined;

const tab = (counts: UserCounts, canSeeNames = true) => (
  <FlyoutFrame title="Team Drive" subtitle="Google Drive" icon="logoGoogleG" onClose={nothing}>
    <EuiFlyoutBody>
      <UsersTab
        counts={counts}
        invitation={
          <CopyField
            label="Invitation link"
            value="https://latchkey.example.com/app/my_connections?connector=drive"
          />
        }
        names={
          canSeeNames ? (
            <EuiLink color="primary" onClick={nothing}>
              See who is connected
            </EuiLink>
          ) : undefined
        }
      />
    </EuiFlyoutBody>
  </FlyoutFrame>
);

/** States of the tab of connected users. */
export const stories: StoryGroup = {
  title: 'Connector flyout: users',
  stories: [
    {
      name: 'nobody is connected',
      render: () => tab({ users: 0, need_reconnect: 0, revocation_pending: 0 }),
    },
    {
      name: 'users are connected',
      render: () => tab({ users: 1234, need_reconnect: 0, revocation_pending: 0 }),
    },
    {
      name: 'users must reconnect',
      render: () => tab({ users: 12, need_reconnect: 3, revocation_pending: 2 }),
    },
    {
      name: 'without names',
      render: () => tab({ users: 12, need_reconnect: 3, revocation_pending: 0 }, false),
    },
  ],
};
