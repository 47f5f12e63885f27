import type { KnownProvider } from '@latchkey/oauth-client';

/**
 * Texts for the scopes of one provider, which follow the words "This connector may". At other
 * providers the same scope name may mean something else.
 */
export interface KnownScopes extends KnownProvider {
  readonly scopes: Readonly<Record<string, string>>;
}

const GOOGLE = 'https://www.googleapis.com/auth/';
const GRAPH = 'https://graph.microsoft.com/';

/** OpenID Connect Core 1.0 §5.4 and §11: the same at every provider. */
export const STANDARD_SCOPES: Readonly<Record<string, string>> = {
  openid: 'Know which account you signed in with',
  profile: 'See your name and profile picture',
  email: 'See your email address',
  address: 'See your postal address',
  phone: 'See your phone number',
  offline_access: 'Keep access while you are away, until you disconnect',
};

/** The most common scopes. Other scopes are shown by their technical name. */
export const KNOWN_SCOPES: readonly KnownScopes[] = [
  {
    domains: ['google.com', 'googleapis.com'],
    earsProvider: 'google',
    scopes: {
      [`${GOOGLE}drive`]: 'See, change, create and delete all your Google Drive files',
      [`${GOOGLE}drive.readonly`]: 'See and download all your Google Drive files',
      [`${GOOGLE}drive.metadata.readonly`]: 'See names and details of your Google Drive files',
      [`${GOOGLE}drive.file`]:
        'See and change the Google Drive files it creates or you open with it',
      [`${GOOGLE}documents`]: 'See, change, create and delete all your Google Docs documents',
      [`${GOOGLE}documents.readonly`]: 'See all your Google Docs documents',
      [`${GOOGLE}spreadsheets`]: 'See, change, create and delete all your Google Sheets',
      [`${GOOGLE}spreadsheets.readonly`]: 'See all your Google Sheets',
      [`${GOOGLE}gmail.readonly`]: 'Read all your email and its settings',
      [`${GOOGLE}gmail.modify`]: 'Read, write and send email, and move it to trash',
      [`${GOOGLE}gmail.send`]: 'Send email as you',
      'https://mail.google.com/': 'Read, write, send and permanently delete all your email',
      [`${GOOGLE}calendar`]: 'See, change, share and delete all your calendars',
      [`${GOOGLE}calendar.readonly`]: 'See all your calendars',
      [`${GOOGLE}calendar.events`]: 'See and change events on all your calendars',
      [`${GOOGLE}calendar.events.readonly`]: 'See events on all your calendars',
      [`${GOOGLE}contacts`]: 'See, change and delete your contacts',
      [`${GOOGLE}contacts.readonly`]: 'See and download your contacts',
      [`${GOOGLE}userinfo.email`]: 'See your email address',
      [`${GOOGLE}userinfo.profile`]: 'See your name and profile picture',
      [`${GOOGLE}cloud-platform`]: 'See, change and delete your Google Cloud data',
    },
  },
  {
    domains: ['microsoftonline.com', 'microsoftonline.us', 'live.com'],
    earsProvider: 'microsoft',
    scopes: graphScopes({
      'User.Read': 'See your profile',
      'Files.Read': 'See your files',
      'Files.ReadWrite': 'See, change and delete your files',
      'Files.Read.All': 'See all files you can open',
      'Files.ReadWrite.All': 'See, change and delete all files you can open',
      'Sites.Read.All': 'See the SharePoint sites you can open',
      'Sites.ReadWrite.All': 'See and change the SharePoint sites you can open',
      'Mail.Read': 'Read your email',
      'Mail.ReadWrite': 'Read, change and delete your email',
      'Mail.Send': 'Send email as you',
      'Calendars.Read': 'See your calendars',
      'Calendars.ReadWrite': 'See, change and delete events in your calendars',
      'Contacts.Read': 'See your contacts',
      'Chat.Read': 'Read your Teams chats',
      'Chat.ReadWrite': 'Read and send messages in your Teams chats',
      'ChannelMessage.Send': 'Send messages in Teams channels as you',
      'Tasks.ReadWrite': 'See, change and delete your tasks',
    }),
  },
  {
    domains: ['slack.com'],
    earsProvider: 'slack',
    scopes: {
      'channels:read': 'See public channels and who is in them',
      'channels:history': 'Read messages in public channels',
      'groups:read': 'See private channels you are in',
      'groups:history': 'Read messages in private channels you are in',
      'im:history': 'Read your direct messages',
      'mpim:history': 'Read your group direct messages',
      'chat:write': 'Send messages as you',
      'files:read': 'See files shared with you',
      'files:write': 'Upload, change and delete files as you',
      'search:read': 'Search your messages and files',
      'users:read': 'See people in your workspace',
      'users:read.email': 'See email addresses of people in your workspace',
      'reactions:write': 'Add and remove reactions as you',
    },
  },
  {
    domains: ['github.com'],
    scopes: {
      repo: 'See and change all your repositories, private ones included',
      public_repo: 'See and change your public repositories',
      'repo:status': 'See and set commit statuses',
      workflow: 'Change GitHub Actions workflows',
      gist: 'Create gists',
      notifications: 'See your notifications',
      'read:org': 'See your organizations and teams',
      'write:org': 'See and change membership of your organizations',
      'admin:org': 'Manage your organizations',
      user: 'See and change your profile',
      'read:user': 'See your profile',
      'user:email': 'See your email addresses',
      delete_repo: 'Delete repositories',
    },
  },
  {
    domains: ['atlassian.com'],
    scopes: {
      'read:jira-work': 'See Jira issues and projects you can open',
      'write:jira-work': 'Create and change Jira issues as you',
      'read:jira-user': 'See people in Jira',
      'read:confluence-content.all': 'See Confluence pages you can open',
      'write:confluence-content': 'Create and change Confluence pages as you',
      'search:confluence': 'Search Confluence as you',
    },
  },
  {
    domains: ['linear.app'],
    scopes: {
      read: 'See your Linear workspace',
      write: 'See and change your Linear workspace',
      'issues:create': 'Create issues as you',
      'comments:create': 'Comment on issues as you',
      admin: 'Manage your Linear workspace',
    },
  },
];

/** Microsoft accepts a permission with or without the address of its API as a prefix. */
function graphScopes(words: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const long = Object.entries(words).map(([scope, text]) => [`${GRAPH}${scope}`, text]);
  return { ...words, ...Object.fromEntries(long) };
}
