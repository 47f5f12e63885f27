import type { StoryGroup } from '@latchkey/core/public/stories';
import { PasswordPanel } from './password_panel.tsx';

const panel = (changes: { readonly error?: unknown; readonly isSaving?: boolean } = {}) => (
  <PasswordPanel
    username="ana"
    error={undefined}
    isSaving={false}
    onSubmit={() => undefined}
    {...changes}
  />
);

/** States of the form with which users change their own password. */
export const stories: StoryGroup = {
  title: 'Change password',
  stories: [
    { name: 'empty', render: () => panel() },
    { name: 'saving', render: () => panel({ isSaving: true }) },
    { name: 'failed', render: () => panel({ error: new Error('failed') }) },
  ],
};
