import type { LocalizedText } from '@latchkey/core/common';
import type { KnownProvider } from '@latchkey/oauth-client';

/**
 * Sentences for the scopes of one provider, which continue the words "This connector may". At
 * another provider, the same scope may mean something else.
 */
export interface KnownScopes extends KnownProvider {
  readonly scopes: Readonly<Record<string, LocalizedText>>;
}

const GOOGLE = 'https://www.googleapis.com/auth/';
const GRAPH = 'https://graph.microsoft.com/';

/**
 * Sentences for the scopes of OpenID Connect Core 1.0 §5.4 and §11, which mean the same at every
 * provider.
 */
export const STANDARD_SCOPES: Readonly<Record<string, LocalizedText>> = {
  openid: {
    en: 'Know which account you signed in with',
    de: 'Erkennen, mit welchem Konto Sie sich angemeldet haben',
  },
  profile: { en: 'See your name and profile picture', de: 'Ihren Namen und Ihr Profilbild sehen' },
  email: { en: 'See your email address', de: 'Ihre E-Mail-Adresse sehen' },
  address: { en: 'See your postal address', de: 'Ihre Postanschrift sehen' },
  phone: { en: 'See your phone number', de: 'Ihre Telefonnummer sehen' },
  offline_access: {
    en: 'Keep access while you are away, until you disconnect',
    de: 'Zugriff auch in Ihrer Abwesenheit behalten, bis Sie die Verbindung trennen',
  },
};

/** Sentences for the most common scopes of known providers. Other scopes are shown by name only. */
export const KNOWN_SCOPES: readonly KnownScopes[] = [
  {
    domains: ['google.com', 'googleapis.com'],
    earsProvider: 'google',
    scopes: {
      [`${GOOGLE}drive`]: {
        en: 'See, change, create and delete all your Google Drive files',
        de: 'Alle Ihre Google-Drive-Dateien sehen, ändern, anlegen und löschen',
      },
      [`${GOOGLE}drive.readonly`]: {
        en: 'See and download all your Google Drive files',
        de: 'Alle Ihre Google-Drive-Dateien sehen und herunterladen',
      },
      [`${GOOGLE}drive.metadata.readonly`]: {
        en: 'See names and details of your Google Drive files',
        de: 'Namen und Details Ihrer Google-Drive-Dateien sehen',
      },
      [`${GOOGLE}drive.file`]: {
        en: 'See and change the Google Drive files it creates or you open with it',
        de: 'Google-Drive-Dateien sehen und ändern, die er anlegt oder die Sie mit ihm öffnen',
      },
      [`${GOOGLE}documents`]: {
        en: 'See, change, create and delete all your Google Docs documents',
        de: 'Alle Ihre Google-Docs-Dokumente sehen, ändern, anlegen und löschen',
      },
      [`${GOOGLE}documents.readonly`]: {
        en: 'See all your Google Docs documents',
        de: 'Alle Ihre Google-Docs-Dokumente sehen',
      },
      [`${GOOGLE}spreadsheets`]: {
        en: 'See, change, create and delete all your Google Sheets',
        de: 'Alle Ihre Google-Tabellen sehen, ändern, anlegen und löschen',
      },
      [`${GOOGLE}spreadsheets.readonly`]: {
        en: 'See all your Google Sheets',
        de: 'Alle Ihre Google-Tabellen sehen',
      },
      [`${GOOGLE}gmail.readonly`]: {
        en: 'Read all your email and its settings',
        de: 'Alle Ihre E-Mails und deren Einstellungen lesen',
      },
      [`${GOOGLE}gmail.modify`]: {
        en: 'Read, write and send email, and move it to trash',
        de: 'E-Mails lesen, schreiben, senden und in den Papierkorb verschieben',
      },
      [`${GOOGLE}gmail.compose`]: {
        en: 'Create and change drafts, and send email as you',
        de: 'Entwürfe anlegen und ändern und E-Mails in Ihrem Namen senden',
      },
      [`${GOOGLE}gmail.send`]: { en: 'Send email as you', de: 'E-Mails in Ihrem Namen senden' },
      'https://mail.google.com/': {
        en: 'Read, write, send and permanently delete all your email',
        de: 'Alle Ihre E-Mails lesen, schreiben, senden und endgültig löschen',
      },
      [`${GOOGLE}calendar`]: {
        en: 'See, change, share and delete all your calendars',
        de: 'Alle Ihre Kalender sehen, ändern, freigeben und löschen',
      },
      [`${GOOGLE}calendar.readonly`]: {
        en: 'See all your calendars',
        de: 'Alle Ihre Kalender sehen',
      },
      [`${GOOGLE}calendar.events`]: {
        en: 'See and change events on all your calendars',
        de: 'Termine in allen Ihren Kalendern sehen und ändern',
      },
      [`${GOOGLE}calendar.events.readonly`]: {
        en: 'See events on all your calendars',
        de: 'Termine in allen Ihren Kalendern sehen',
      },
      [`${GOOGLE}contacts`]: {
        en: 'See, change and delete your contacts',
        de: 'Ihre Kontakte sehen, ändern und löschen',
      },
      [`${GOOGLE}contacts.readonly`]: {
        en: 'See and download your contacts',
        de: 'Ihre Kontakte sehen und herunterladen',
      },
      [`${GOOGLE}userinfo.email`]: {
        en: 'See your email address',
        de: 'Ihre E-Mail-Adresse sehen',
      },
      [`${GOOGLE}userinfo.profile`]: {
        en: 'See your name and profile picture',
        de: 'Ihren Namen und Ihr Profilbild sehen',
      },
      [`${GOOGLE}cloud-platform`]: {
        en: 'See, change and delete your Google Cloud data',
        de: 'Ihre Daten in Google Cloud sehen, ändern und löschen',
      },
    },
  },
  {
    domains: ['microsoftonline.com', 'microsoftonline.us', 'live.com'],
    earsProvider: 'microsoft',
    scopes: graphScopes({
      '.default': {
        en: 'Do what the administrator of this app permits it',
        de: 'Tun, was der Administrator dieser App ihr erlaubt',
      },
      'User.Read': { en: 'See your profile', de: 'Ihr Profil sehen' },
      'Files.Read': { en: 'See your files', de: 'Ihre Dateien sehen' },
      'Files.ReadWrite': {
        en: 'See, change and delete your files',
        de: 'Ihre Dateien sehen, ändern und löschen',
      },
      'Files.Read.All': {
        en: 'See all files you can open',
        de: 'Alle Dateien sehen, die Sie öffnen können',
      },
      'Files.ReadWrite.All': {
        en: 'See, change and delete all files you can open',
        de: 'Alle Dateien sehen, ändern und löschen, die Sie öffnen können',
      },
      'Sites.Read.All': {
        en: 'See the SharePoint sites you can open',
        de: 'SharePoint-Websites sehen, die Sie öffnen können',
      },
      'Sites.ReadWrite.All': {
        en: 'See and change the SharePoint sites you can open',
        de: 'SharePoint-Websites sehen und ändern, die Sie öffnen können',
      },
      'Mail.Read': { en: 'Read your email', de: 'Ihre E-Mails lesen' },
      'Mail.ReadWrite': {
        en: 'Read, change and delete your email',
        de: 'Ihre E-Mails lesen, ändern und löschen',
      },
      'Mail.Send': { en: 'Send email as you', de: 'E-Mails in Ihrem Namen senden' },
      'Calendars.Read': { en: 'See your calendars', de: 'Ihre Kalender sehen' },
      'Calendars.ReadWrite': {
        en: 'See, change and delete events in your calendars',
        de: 'Termine in Ihren Kalendern sehen, ändern und löschen',
      },
      'Contacts.Read': { en: 'See your contacts', de: 'Ihre Kontakte sehen' },
      'Chat.Read': { en: 'Read your Teams chats', de: 'Ihre Teams-Chats lesen' },
      'Chat.ReadWrite': {
        en: 'Read and send messages in your Teams chats',
        de: 'Nachrichten in Ihren Teams-Chats lesen und senden',
      },
      'Chat.ReadBasic': {
        en: 'See names and members of your Teams chats',
        de: 'Namen und Mitglieder Ihrer Teams-Chats sehen',
      },
      'Chat.Create': { en: 'Create Teams chats as you', de: 'Teams-Chats in Ihrem Namen anlegen' },
      'ChatMessage.Send': {
        en: 'Send messages in Teams chats as you',
        de: 'Nachrichten in Teams-Chats in Ihrem Namen senden',
      },
      'Team.ReadBasic.All': {
        en: 'See the teams you are in',
        de: 'Die Teams sehen, in denen Sie Mitglied sind',
      },
      'Channel.ReadBasic.All': {
        en: 'See the channels of your teams',
        de: 'Die Kanäle Ihrer Teams sehen',
      },
      'ChannelMessage.Read.All': {
        en: 'Read messages in Teams channels you can open',
        de: 'Nachrichten in Teams-Kanälen lesen, die Sie öffnen können',
      },
      'ChannelMessage.ReadWrite': {
        en: 'Read and change messages in Teams channels you can open',
        de: 'Nachrichten in Teams-Kanälen lesen und ändern, die Sie öffnen können',
      },
      'User.ReadBasic.All': {
        en: 'See names and email addresses of all users of your organization',
        de: 'Namen und E-Mail-Adressen aller Benutzer Ihrer Organisation sehen',
      },
      'Sites.Selected': {
        en: 'See the SharePoint sites an administrator selected',
        de: 'SharePoint-Websites sehen, die ein Administrator ausgewählt hat',
      },
      'ChannelMessage.Send': {
        en: 'Send messages in Teams channels as you',
        de: 'Nachrichten in Teams-Kanälen in Ihrem Namen senden',
      },
      'Tasks.ReadWrite': {
        en: 'See, change and delete your tasks',
        de: 'Ihre Aufgaben sehen, ändern und löschen',
      },
    }),
  },
  {
    domains: ['slack.com'],
    earsProvider: 'slack',
    scopes: {
      'channels:read': {
        en: 'See public channels and who is in them',
        de: 'Öffentliche Kanäle und deren Mitglieder sehen',
      },
      'channels:history': {
        en: 'Read messages in public channels',
        de: 'Nachrichten in öffentlichen Kanälen lesen',
      },
      'groups:read': {
        en: 'See private channels you are in',
        de: 'Private Kanäle sehen, in denen Sie sind',
      },
      'groups:history': {
        en: 'Read messages in private channels you are in',
        de: 'Nachrichten in privaten Kanälen lesen, in denen Sie sind',
      },
      'channels:write': {
        en: 'Create, change and join public channels as you',
        de: 'Öffentliche Kanäle in Ihrem Namen anlegen, ändern und betreten',
      },
      'groups:write': {
        en: 'Create and change private channels as you',
        de: 'Private Kanäle in Ihrem Namen anlegen und ändern',
      },
      'im:read': {
        en: 'See with whom you have direct messages',
        de: 'Sehen, mit wem Sie Direktnachrichten haben',
      },
      'mpim:read': {
        en: 'See your group direct messages and who is in them',
        de: 'Ihre Gruppennachrichten und deren Mitglieder sehen',
      },
      'im:history': { en: 'Read your direct messages', de: 'Ihre Direktnachrichten lesen' },
      'mpim:history': {
        en: 'Read your group direct messages',
        de: 'Ihre Gruppennachrichten lesen',
      },
      'chat:write': { en: 'Send messages as you', de: 'Nachrichten in Ihrem Namen senden' },
      'files:read': {
        en: 'See files shared with you',
        de: 'Dateien sehen, die mit Ihnen geteilt wurden',
      },
      'files:write': {
        en: 'Upload, change and delete files as you',
        de: 'Dateien in Ihrem Namen hochladen, ändern und löschen',
      },
      'search:read': {
        en: 'Search your messages and files',
        de: 'Ihre Nachrichten und Dateien durchsuchen',
      },
      'search:read.public': {
        en: 'Search messages in public channels',
        de: 'Nachrichten in öffentlichen Kanälen durchsuchen',
      },
      'search:read.private': {
        en: 'Search messages in private channels you are in',
        de: 'Nachrichten in privaten Kanälen durchsuchen, in denen Sie sind',
      },
      'search:read.im': {
        en: 'Search your direct messages',
        de: 'Ihre Direktnachrichten durchsuchen',
      },
      'search:read.mpim': {
        en: 'Search your group direct messages',
        de: 'Ihre Gruppennachrichten durchsuchen',
      },
      'search:read.files': {
        en: 'Search files you can see',
        de: 'Dateien durchsuchen, die Sie sehen können',
      },
      'users:read': { en: 'See people in your workspace', de: 'Personen in Ihrem Workspace sehen' },
      'users:read.email': {
        en: 'See email addresses of people in your workspace',
        de: 'E-Mail-Adressen der Personen in Ihrem Workspace sehen',
      },
      'reactions:write': {
        en: 'Add and remove reactions as you',
        de: 'Reaktionen in Ihrem Namen hinzufügen und entfernen',
      },
    },
  },
  {
    domains: ['github.com'],
    scopes: {
      repo: {
        en: 'See and change all your repositories, private ones included',
        de: 'Alle Ihre Repositorys sehen und ändern, auch private',
      },
      public_repo: {
        en: 'See and change your public repositories',
        de: 'Ihre öffentlichen Repositorys sehen und ändern',
      },
      'repo:status': {
        en: 'See and set commit statuses',
        de: 'Status von Commits sehen und setzen',
      },
      workflow: {
        en: 'Change GitHub Actions workflows',
        de: 'Workflows von GitHub Actions ändern',
      },
      gist: { en: 'Create gists', de: 'Gists anlegen' },
      notifications: { en: 'See your notifications', de: 'Ihre Benachrichtigungen sehen' },
      'read:org': {
        en: 'See your organizations and teams',
        de: 'Ihre Organisationen und Teams sehen',
      },
      'write:org': {
        en: 'See and change membership of your organizations',
        de: 'Mitgliedschaften Ihrer Organisationen sehen und ändern',
      },
      'admin:org': { en: 'Manage your organizations', de: 'Ihre Organisationen verwalten' },
      user: { en: 'See and change your profile', de: 'Ihr Profil sehen und ändern' },
      'read:user': { en: 'See your profile', de: 'Ihr Profil sehen' },
      'user:email': { en: 'See your email addresses', de: 'Ihre E-Mail-Adressen sehen' },
      delete_repo: { en: 'Delete repositories', de: 'Repositorys löschen' },
    },
  },
  {
    domains: ['atlassian.com'],
    scopes: {
      'read:jira-work': {
        en: 'See Jira issues and projects you can open',
        de: 'Jira-Vorgänge und -Projekte sehen, die Sie öffnen können',
      },
      'write:jira-work': {
        en: 'Create and change Jira issues as you',
        de: 'Jira-Vorgänge in Ihrem Namen anlegen und ändern',
      },
      'read:jira-user': { en: 'See people in Jira', de: 'Personen in Jira sehen' },
      'read:confluence-content.all': {
        en: 'See Confluence pages you can open',
        de: 'Confluence-Seiten sehen, die Sie öffnen können',
      },
      'write:confluence-content': {
        en: 'Create and change Confluence pages as you',
        de: 'Confluence-Seiten in Ihrem Namen anlegen und ändern',
      },
      'search:confluence': {
        en: 'Search Confluence as you',
        de: 'Confluence in Ihrem Namen durchsuchen',
      },
    },
  },
  {
    domains: ['linear.app'],
    scopes: {
      read: { en: 'See your Linear workspace', de: 'Ihren Linear-Workspace sehen' },
      write: {
        en: 'See and change your Linear workspace',
        de: 'Ihren Linear-Workspace sehen und ändern',
      },
      'issues:create': { en: 'Create issues as you', de: 'Vorgänge in Ihrem Namen anlegen' },
      'comments:create': {
        en: 'Comment on issues as you',
        de: 'Vorgänge in Ihrem Namen kommentieren',
      },
      admin: { en: 'Manage your Linear workspace', de: 'Ihren Linear-Workspace verwalten' },
    },
  },
  {
    domains: ['hubspot.com'],
    scopes: {
      'crm.objects.contacts.read': { en: 'See contacts', de: 'Kontakte sehen' },
      'crm.objects.companies.read': { en: 'See companies', de: 'Unternehmen sehen' },
      'crm.objects.deals.read': { en: 'See deals', de: 'Deals sehen' },
      'crm.objects.owners.read': { en: 'See owners of records', de: 'Inhaber von Daten sehen' },
      tickets: { en: 'See and change tickets', de: 'Tickets sehen und ändern' },
      'sales-email-read': {
        en: 'See emails that are stored with contacts',
        de: 'E-Mails sehen, die bei Kontakten gespeichert sind',
      },
    },
  },
  {
    domains: ['airtable.com'],
    scopes: {
      'data.records:read': {
        en: 'See the records of the bases you choose',
        de: 'Die Datensätze der von Ihnen gewählten Bases sehen',
      },
      'data.records:write': {
        en: 'Create, change and delete records of the bases you choose',
        de: 'Datensätze der von Ihnen gewählten Bases anlegen, ändern und löschen',
      },
      'schema.bases:read': {
        en: 'See the tables and fields of the bases you choose',
        de: 'Die Tabellen und Felder der von Ihnen gewählten Bases sehen',
      },
      'user.email:read': { en: 'See your email address', de: 'Ihre E-Mail-Adresse sehen' },
    },
  },
];

/** Adds each scope with the URL of its API as a prefix, because Microsoft accepts both forms. */
function graphScopes(
  words: Readonly<Record<string, LocalizedText>>,
): Readonly<Record<string, LocalizedText>> {
  const long = Object.entries(words).map(([scope, text]) => [`${GRAPH}${scope}`, text]);
  return { ...words, ...Object.fromEntries(long) };
}
