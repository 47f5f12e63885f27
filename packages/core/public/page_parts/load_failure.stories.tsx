import type { StoryGroup } from '../stories.ts';
import { LoadFailure } from './load_failure.tsx';

/** The notice in place of data that could not be loaded. */
export const stories: StoryGroup = {
  title: 'Data not loaded',
  stories: [
    {
      name: 'server unreachable',
      render: () => (
        <LoadFailure
          text="The server does not respond. Check your connection and try again."
          onRetry={() => undefined}
        />
      ),
    },
  ],
};
