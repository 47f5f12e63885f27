import type { ProviderName } from '@latchkey/oauth-providers';

/** An action of a connector type whose result tells by whose token it was called. */
export interface AccountCall {
  readonly connectorTypeId: string;
  readonly provider: ProviderName;
  /** Origins of the API. */
  readonly origins: readonly string[];
  readonly config?: Readonly<Record<string, unknown>>;
  readonly action: string;
  readonly input: Readonly<Record<string, unknown>>;
  /** Path of the request at the API. */
  readonly path: string;
  /** Body of the response of the vendor for this account. */
  readonly body: (account: string) => object;
}

/** Body of the response to a request at this path. Empty: no call has this path. */
export function bodyFor(provider: ProviderName, path: string, account: string): object {
  const call = ACCOUNT_CALLS.find((each) => each.provider === provider && each.path === path);
  return call?.body(account) ?? {};
}

/** One action of each connector type that users authorize themselves. */
export const ACCOUNT_CALLS: readonly AccountCall[] = [
  {
    connectorTypeId: '.github',
    provider: 'github',
    origins: ['https://api.github.com'],
    action: 'getMe',
    input: {},
    path: '/user',
    body: (login) => ({ login, id: 1, type: 'User' }),
  },
  {
    connectorTypeId: '.slack2',
    provider: 'slack',
    origins: ['https://slack.com'],
    action: 'whoAmI',
    input: {},
    path: '/api/auth.test',
    body: (user) => ({ ok: true, user_id: 'U1', user, team_id: 'T1', team: 'Acme' }),
  },
  {
    connectorTypeId: '.notion',
    provider: 'notion',
    origins: ['https://api.notion.com'],
    action: 'getDataSource',
    input: { dataSourceId: 'd1' },
    path: '/v1/data_sources/d1',
    body: (text) => ({
      object: 'data_source',
      id: 'd1',
      title: [{ type: 'text', plain_text: text }],
      properties: {},
    }),
  },
  {
    connectorTypeId: '.google_drive',
    provider: 'google',
    origins: ['https://www.googleapis.com'],
    action: 'getFileMetadata',
    input: { fileIds: ['f1'] },
    path: '/drive/v3/files/f1',
    body: (name) => ({ id: 'f1', name }),
  },
  {
    connectorTypeId: '.gmail',
    provider: 'google',
    origins: ['https://gmail.googleapis.com'],
    action: 'getMessage',
    input: { messageId: 'm1' },
    path: '/gmail/v1/users/me/messages/m1',
    body: (snippet) => ({ id: 'm1', threadId: 't1', snippet }),
  },
  {
    connectorTypeId: '.google_calendar',
    provider: 'google',
    origins: ['https://www.googleapis.com'],
    action: 'getEvent',
    input: { eventId: 'e1' },
    path: '/calendar/v3/calendars/primary/events/e1',
    body: (summary) => ({ id: 'e1', summary }),
  },
  {
    connectorTypeId: '.google_sheets',
    provider: 'google',
    origins: ['https://sheets.googleapis.com'],
    action: 'getSpreadsheet',
    input: { spreadsheetId: 's1' },
    path: '/v4/spreadsheets/s1',
    body: (title) => ({ spreadsheetId: 's1', properties: { title }, sheets: [] }),
  },
  {
    connectorTypeId: '.airtable',
    provider: 'airtable',
    origins: ['https://api.airtable.com'],
    action: 'whoAmI',
    input: {},
    path: '/v0/meta/whoami',
    body: (email) => ({ id: 'usr1', email }),
  },
  {
    connectorTypeId: '.linear',
    provider: 'linear',
    origins: ['https://api.linear.app'],
    action: 'listTeams',
    input: {},
    path: '/graphql',
    body: (name) => ({
      data: {
        teams: {
          nodes: [{ id: 't1', key: 'ENG', name }],
          pageInfo: { hasNextPage: false, endCursor: null },
        },
      },
    }),
  },
  {
    connectorTypeId: '.hubspot',
    provider: 'hubspot',
    origins: ['https://api.hubapi.com'],
    action: 'listOwners',
    input: {},
    path: '/crm/v3/owners',
    body: (email) => ({ results: [{ id: '1', email, archived: false }] }),
  },
  {
    connectorTypeId: '.jira-cloud',
    provider: 'atlassian',
    origins: ['https://api.atlassian.com'],
    action: 'getProject',
    input: { projectId: 'P1' },
    path: '/ex/jira/acme/rest/api/3/project/P1',
    body: (name) => ({ id: '1', key: 'P1', name }),
  },
  {
    connectorTypeId: '.salesforce',
    provider: 'salesforce',
    origins: ['https://acme.my.salesforce.com'],
    action: 'get_record',
    input: { sobjectName: 'Account', recordId: '001000000000001AAA' },
    path: '/services/data/v66.0/sobjects/Account/001000000000001AAA',
    body: (Name) => ({ attributes: { type: 'Account' }, Id: '001000000000001AAA', Name }),
  },
  {
    connectorTypeId: '.sharepoint-online',
    provider: 'microsoft',
    origins: ['https://graph.microsoft.com'],
    action: 'getSite',
    input: { siteId: 's1' },
    path: '/v1.0/sites/s1',
    body: (displayName) => ({ id: 's1', displayName }),
  },
  {
    connectorTypeId: '.outlook',
    provider: 'microsoft',
    origins: ['https://graph.microsoft.com'],
    action: 'getMessage',
    input: { messageId: 'm1' },
    path: '/v1.0/me/messages/m1',
    body: (subject) => ({ id: 'm1', subject }),
  },
  {
    connectorTypeId: '.one_drive',
    provider: 'microsoft',
    origins: ['https://graph.microsoft.com'],
    action: 'getFileMetadata',
    input: { itemId: 'i1' },
    path: '/v1.0/me/drive/items/i1',
    body: (name) => ({ id: 'i1', name }),
  },
  {
    connectorTypeId: '.microsoft-teams',
    provider: 'microsoft',
    origins: ['https://graph.microsoft.com'],
    action: 'getUser',
    input: { userId: 'u1' },
    path: '/v1.0/users/u1',
    body: (displayName) => ({ id: 'u1', displayName }),
  },
];
