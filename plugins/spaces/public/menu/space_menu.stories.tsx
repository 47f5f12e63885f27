import type { StoryGroup } from '@latchkey/core/public/stories';
import type { SpaceView } from '../space_avatar.tsx';
import { SpaceMenuPanel } from './space_menu_panel.tsx';

const few: readonly SpaceView[] = [
  { id: 'default', name: 'Default' },
  { id: 'sales', name: 'Sales', color: '#00BFB3', initials: 'Sa' },
];
const many: readonly SpaceView[] = Array.from({ length: 30 }, (_, index) => ({
  id: `team-${index}`,
  name: `Team ${index} of a department with a long name`,
}));

const panel = (changes: {
  readonly spaces?: readonly SpaceView[];
  readonly hasFailed?: boolean;
  readonly manageHref?: string;
}) => (
  <SpaceMenuPanel
    current="default"
    spaces={changes.spaces}
    hasFailed={changes.hasFailed ?? false}
    onRetry={() => undefined}
    hrefOf={(id) => `/s/${id}/`}
    manageHref={changes.manageHref}
  />
);

/** States of the menu of spaces in the header. */
export const stories: StoryGroup = {
  title: 'Space menu',
  stories: [
    { name: 'loading', render: () => panel({}) },
    { name: 'failed', render: () => panel({ hasFailed: true }) },
    {
      name: 'name without spaces',
      render: () =>
        panel({ spaces: [{ id: 'long', name: 'engineering_team_'.repeat(12) }, ...few] }),
    },
    { name: 'few spaces', render: () => panel({ spaces: few }) },
    {
      name: 'many spaces, for administrators',
      render: () => panel({ spaces: many, manageHref: '/app/spaces' }),
    },
  ],
};
