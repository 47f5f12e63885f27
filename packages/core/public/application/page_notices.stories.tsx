import type { StoryGroup } from '../stories.ts';
import {
  PageCrashed,
  PageLoading,
  PageNotAllowed,
  PageNotFound,
  PageNotLoaded,
  PageSpaceGone,
} from './page_notices.tsx';

const home = { href: '/app/connectors', onClick: () => undefined };
const nothing = () => undefined;

/** Pages that the shell shows in place of an app. */
export const stories: StoryGroup = {
  title: 'Page notices',
  stories: [
    { name: 'loading', render: () => <PageLoading /> },
    { name: 'not found', render: () => <PageNotFound home={home} /> },
    { name: 'not found, no start page', render: () => <PageNotFound home={undefined} /> },
    { name: 'no role', render: () => <PageNotAllowed missing="role" home={undefined} /> },
    {
      name: 'no access to the space',
      render: () => <PageNotAllowed missing="space" home={undefined} />,
    },
    { name: 'not allowed', render: () => <PageNotAllowed missing="page" home={home} /> },
    { name: 'space deleted', render: () => <PageSpaceGone name="Sales" startHref="/" /> },
    { name: 'crashed', render: () => <PageCrashed onReload={nothing} /> },
    { name: 'not loaded', render: () => <PageNotLoaded onReload={nothing} /> },
  ],
};
