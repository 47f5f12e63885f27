import type { StoryGroup } from '@latchkey/core/public/stories';
import { AuthorizeButton, type AuthorizeButtonProps } from './authorize_button.tsx';

const button = (changes: Partial<AuthorizeButtonProps>) => () => (
  <AuthorizeButton
    attempt={{ status: 'idle' }}
    connectorName="Google Drive"
    isReconnect={false}
    onAuthorize={() => undefined}
    onCancel={() => undefined}
    {...changes}
  />
);

/** Every state of the button. */
export const stories: StoryGroup = {
  title: 'Authorize button',
  stories: [
    { name: 'connect', render: button({}) },
    { name: 'connect, primary', render: button({ isPrimary: true }) },
    { name: 'reconnect', render: button({ isReconnect: true }) },
    { name: 'busy', render: button({ attempt: { status: 'waiting' } }) },
    { name: 'busy, primary', render: button({ attempt: { status: 'starting' }, isPrimary: true }) },
  ],
};
