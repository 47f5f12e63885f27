import type { PageStory, PageStoryGroup } from '@latchkey/core/server/mocks';
import { type AccountChangePage, renderAccountChangePage } from './account_change_page.ts';

const CHANGE: AccountChangePage['change'] = {
  flowId: 'flow-1',
  browserBinding: 'not-shown',
  returnUrl: undefined,
  from: { id: '1001', label: 'ana@example.com' },
  to: { id: '1002', label: 'ben@example.com' },
  until: new Date('2026-01-05T10:10:00Z'),
  isSameBrowser: true,
};

/** The page on which a user decides which account to use. */
export const pageStories: PageStoryGroup = {
  title: 'Another account (page of the server)',
  stories: [
    story('another account'),
    story('another account, one minute left', { minutesLeft: 1 }),
    story('an account that the provider does not name', { change: { ...CHANGE, to: undefined } }),
    story('two accounts with the same name', {
      change: { ...CHANGE, to: { id: '1002', label: 'ana@example.com' } },
    }),
    story('in another browser', { change: { ...CHANGE, isSameBrowser: false } }),
  ],
};

function story(name: string, over: Partial<AccountChangePage> = {}): PageStory {
  const page: AccountChangePage = {
    connector: { id: 'team-drive', name: 'Team Drive', spaceId: 'default' },
    change: CHANGE,
    minutesLeft: 8,
    fields: {},
    ...over,
  };
  return { name, render: (appearance, urls) => renderAccountChangePage(page, appearance, urls) };
}
