import type { ComponentProps } from 'react';
import type { StoryGroup } from '../stories.ts';
import { SessionEndView } from './session_end.tsx';

const nothing = () => undefined;

function view(changes: Partial<ComponentProps<typeof SessionEndView>>) {
  return (
    <SessionEndView
      username="ana"
      otherUser={undefined}
      isOpen
      isBlocked={false}
      onReload={nothing}
      onSignIn={nothing}
      onOpen={nothing}
      onClose={nothing}
      {...changes}
    />
  );
}

/** The end of a session with unsaved changes. Without them the page goes to the login page. */
export const stories: StoryGroup = {
  title: 'Session end',
  stories: [
    { name: 'ended', render: () => view({}) },
    { name: 'new tab blocked', render: () => view({ isBlocked: true }) },
    { name: 'another user', render: () => view({ otherUser: 'ben' }) },
    {
      name: 'another user with a long name',
      render: () => view({ otherUser: 'benjamin_of_engineering_'.repeat(8) }),
    },
    { name: 'notice', render: () => view({ isOpen: false }) },
  ],
};
