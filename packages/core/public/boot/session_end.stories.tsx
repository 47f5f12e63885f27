import type { StoryGroup } from '../stories.ts';
import { SessionEnd } from './session_end.tsx';

/** Question at the end of a session. Without unsaved changes there is none. */
export const stories: StoryGroup = {
  title: 'Session end',
  stories: [
    {
      name: 'with unsaved changes',
      render: () => (
        <SessionEnd
          hasChanges
          username="ana"
          onSignIn={() => undefined}
          onSignInElsewhere={() => true}
          readUsername={async () => undefined}
          onContinue={() => undefined}
        />
      ),
    },
  ],
};
