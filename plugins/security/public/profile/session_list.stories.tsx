import type { StoryGroup } from '@latchkey/core/public/stories';
import { SessionList, type SessionView } from './session_list.tsx';

const aSession = (changes: Partial<SessionView> = {}): SessionView => ({
  created_at: '2030-01-02T08:00:00.000Z',
  last_used_at: '2030-01-02T09:30:00.000Z',
  browser: 'Firefox',
  system: 'Linux',
  is_current: false,
  ...changes,
});
const current = aSession({ is_current: true });

/** States of the list of sessions. */
export const stories: StoryGroup = {
  title: 'Sessions',
  stories: [
    { name: 'this browser only', render: () => <SessionList sessions={[current]} total={1} /> },
    {
      name: 'several browsers',
      render: () => (
        <SessionList
          sessions={[
            current,
            aSession({ browser: 'Chrome', system: null }),
            aSession({ browser: null, system: null, created_at: null }),
          ]}
          total={103}
        />
      ),
    },
  ],
};
