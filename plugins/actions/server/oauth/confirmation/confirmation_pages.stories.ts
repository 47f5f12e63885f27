import { type ErrorPage, HttpError } from '@latchkey/core/server';
import {
  anAuthenticatedUser,
  type PageStory,
  type PageStoryGroup,
} from '@latchkey/core/server/mocks';
import { ConnectorError, type DecryptedConnector } from '../../connector_data/index.ts';
import { explainPageError, FlowError } from '../flow/index.ts';
import { PageRefusal, withErrorPage } from '../pages/index.ts';
import { aPageRequest, pageServicesFor } from '../pages/page_services.mock.ts';
import type { ConnectionView } from '../tokens/index.ts';
import type { ConfirmationContent } from './confirmation_content.ts';
import {
  type ConfirmationPage,
  renderConfirmationPage,
  renderLeavingPage,
} from './confirmation_page.ts';
import { CONFIRMATION_TEXTS } from './confirmation_texts.ts';

const ADMIN = { profileUid: 'u_admin', username: 'admin' };
const CONNECTOR: DecryptedConnector = {
  id: 'team-drive',
  spaceId: 'default',
  name: 'Team Drive',
  connectorTypeId: '.google_drive',
  config: {},
  secrets: {},
  authType: 'oauth_authorization_code',
  authMode: 'per-user',
  version: '1',
  createdBy: ADMIN,
};
const CONTENT: ConfirmationContent = {
  user: anAuthenticatedUser({ username: 'ana', fullName: 'Ana Costa' }),
  connector: CONNECTOR,
  typeName: 'Google Drive',
  provider: 'accounts.google.com',
  tokensVia: 'oauth2.googleapis.com',
  apiHosts: ['www.googleapis.com'],
  scopes: [
    {
      scope: 'https://www.googleapis.com/auth/drive.readonly',
      words: { en: 'View and download all your files', de: 'Alle Ihre Dateien ansehen und laden' },
    },
    { scope: 'https://www.googleapis.com/auth/drive.appdata', words: undefined },
  ],
  connection: undefined,
};
const CONNECTION: ConnectionView = {
  connectorId: CONNECTOR.id,
  profileUid: 'u_ana',
  status: 'connected',
  statusSince: new Date('2026-01-05T10:00:00Z'),
  lastError: undefined,
  expiresAt: undefined,
  scopes: undefined,
  account: { id: '1001', label: 'ana@example.com' },
  connectedAt: new Date('2026-01-05T10:00:00Z'),
  lastUsedAt: undefined,
};

/** The pages between a link to a connector and its provider. */
export const pageStories: PageStoryGroup = {
  title: 'Start of an authorization (page of the server)',
  stories: [
    confirmation('not connected'),
    confirmation('connected', { connection: CONNECTION }),
    confirmation('must be renewed', { connection: { ...CONNECTION, status: 'needs_reauth' } }),
    confirmation('being revoked', { connection: { ...CONNECTION, status: 'revocation_pending' } }),
    confirmation('changed by another user, in a space, at any host', {
      connector: {
        ...CONNECTOR,
        spaceId: 'marketing',
        updatedBy: { profileUid: 'u_ben', username: 'ben' },
      },
      apiHosts: undefined,
      scopes: [],
    }),
    confirmation('preconfigured, long names', {
      connector: {
        ...CONNECTOR,
        name: 'Documents of the department for international cooperation and development',
        isPreconfigured: true,
      },
      provider: 'login.identity-provider.department.organisation.example.com:8443',
      apiHosts: ['documents.department.organisation.example.com', '*.my.salesforce.com'],
    }),
    confirmation('the page has expired', {}, CONFIRMATION_TEXTS.expired),
    confirmation('the connector has changed', {}, CONFIRMATION_TEXTS.changed),
    {
      name: 'leaving',
      render: (appearance, urls) =>
        // The browser would follow the address immediately.
        withoutRefresh(renderLeavingPage('https://accounts.google.com/auth', appearance, urls)),
    },
    failure('a session is needed', new HttpError(401, 'no session'), { isSignedOut: true }),
    failure('not permitted', new HttpError(403, 'forbidden')),
    failure('refused', new HttpError(405, 'wrong method')),
    failure(
      'a form of another site',
      new PageRefusal(403, { code: 'cross_site', text: CONFIRMATION_TEXTS.ownPage }),
    ),
    failure(
      'the connector does not exist',
      new ConnectorError('not_found', CONNECTOR.id, 'missing'),
    ),
    failure('no encryption key', new ConnectorError('key_not_configured', CONNECTOR.id, 'no key')),
    failure('too many attempts', new FlowError('rate_limited', { retryAfterMs: 60_000 })),
    failure('a fault of the server', new Error('unexpected')),
  ],
};

function confirmation(
  name: string,
  content: Partial<ConfirmationContent> = {},
  notice?: ConfirmationPage['notice'],
): PageStory {
  const page = { content: { ...CONTENT, ...content }, fields: {}, notice };
  return { name, render: (appearance, urls) => renderConfirmationPage(page, appearance, urls) };
}

function failure(
  name: string,
  error: Error,
  { isSignedOut = false }: { readonly isSignedOut?: boolean } = {},
): PageStory {
  const render: PageStory['render'] = async (appearance, urls) => {
    const options = {
      ...pageServicesFor(appearance, urls),
      title: CONFIRMATION_TEXTS.cannotStart,
      explain: explainPageError,
    };
    const request = aPageRequest(appearance, { isSignedOut });
    const { body } = await withErrorPage<ErrorPage>(request, options, () => Promise.reject(error));
    if (body === undefined) throw new Error('This error has no page');
    return body;
  };
  return { name, render };
}

const withoutRefresh = (html: string): string =>
  html.replace(/<meta http-equiv="refresh"[^>]*>/, '');
