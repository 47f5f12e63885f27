import { coreStartMock, FakeServer, SERVER_ERROR } from '@latchkey/core/public/mocks';
import { StoryCore, type StoryGroup } from '@latchkey/core/public/stories';
import type { ReactElement } from 'react';
import { DEFAULT_SPACE_DESCRIPTION } from '../../common/index.ts';
import { SpacesPage } from './spaces_page.tsx';

const LIST = 'get /internal/spaces/spaces';

const SPACES = [
  { id: 'default', name: 'Default', description: DEFAULT_SPACE_DESCRIPTION, _reserved: true },
  { id: 'sales', name: 'Sales', description: 'Connectors of the sales teams', color: '#00bfb3' },
  { id: 'support', name: 'Support', initials: 'CS', color: '#aa5500' },
].map((space) => ({ ...space, disabledFeatures: [], version: 'v1' }));

const page = (response: object) => (): ReactElement => (
  <StoryCore
    create={(boot) => coreStartMock({ fetch: new FakeServer().on(LIST, response).fetch, boot })}
  >
    <SpacesPage />
  </StoryCore>
);

/** The whole page of spaces. */
export const stories: StoryGroup = {
  title: 'Spaces, whole page',
  stories: [
    { name: 'several spaces', render: page(SPACES) },
    { name: 'not loaded', render: page(SERVER_ERROR) },
  ],
};
