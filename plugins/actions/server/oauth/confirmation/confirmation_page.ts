import { escapeHtml } from '@latchkey/core/common';
import type { UrlBuilder } from '@latchkey/core/server';
import { startLinkPath } from '../../../common/index.ts';
import type { ConnectorAuthor, DecryptedConnector } from '../../connector_data/index.ts';
import { hiddenFields, renderFrame } from '../pages/index.ts';
import type { DescribedScope } from '../scopes/index.ts';
import type { ConnectionView } from '../tokens/index.ts';
import type { ConfirmationFacts } from './confirmation_facts.ts';

/** Facts and hidden fields of the page on which a user confirms a start. */
export interface ConfirmationPage {
  readonly facts: ConfirmationFacts;
  /** Hidden fields of the form, with the token that proves its origin. */
  readonly fields: Readonly<Record<string, string>>;
  /** Reason for showing the page again. `undefined`: it is shown for the first time. */
  readonly notice: string | undefined;
}

/** Asks the user to confirm before the browser is sent to the provider. */
export function renderConfirmationPage(
  { facts, fields, notice }: ConfirmationPage,
  urls: Pick<UrlBuilder, 'path'>,
): string {
  const { connector, provider } = facts;
  const action = urls.path(startLinkPath(connector.id), connector.spaceId);
  return renderFrame(
    {
      title: `Authorize ${connector.name}`,
      kind: 'decision',
      body: [
        notice === undefined ? '' : `<p class="notice" role="alert">${escapeHtml(notice)}</p>`,
        `<h1>Authorize “${escapeHtml(connector.name)}”?</h1>`,
        '<p class="lead">This connector will act with your own account. Continue only if you expected this.</p>',
        '<dl class="facts">',
        ...rowsOf(facts).map(([term, description]) => `<dt>${term}</dt>\n<dd>${description}</dd>`),
        '</dl>',
        `<form method="post" action="${escapeHtml(action)}">`,
        ...hiddenFields(fields),
        `<button class="button" type="submit">Continue to ${escapeHtml(provider)}</button>`,
        `<a class="button secondary" href="${escapeHtml(urls.path('/', connector.spaceId))}">Cancel</a>`,
        '</form>',
      ],
    },
    urls,
  );
}

/**
 * Page that sends the browser to the provider. Not a redirect, because browsers apply `form-action`
 * to redirects of a form as well.
 */
export function renderLeavingPage(
  { provider, authorizationUrl }: { readonly provider: string; readonly authorizationUrl: string },
  urls: Pick<UrlBuilder, 'path'>,
): string {
  return renderFrame(
    {
      title: `Going to ${provider}`,
      kind: 'decision',
      continueTo: authorizationUrl,
      body: [
        `<h1>Going to ${escapeHtml(provider)}</h1>`,
        '<p class="lead">If nothing happens, press Continue. You have ten minutes.</p>',
        `<p class="choices"><a class="button" href="${escapeHtml(authorizationUrl)}" rel="noreferrer">Continue</a></p>`,
      ],
    },
    urls,
  );
}

/** Term and description, both as HTML. */
function rowsOf(facts: ConfirmationFacts): readonly (readonly [string, string])[] {
  const { user, connector, typeName, provider, tokensVia, apiHosts, scopes, connection } = facts;
  const { fullName, username } = user;
  return [
    ['Signed in as', main(fullName ?? username, fullName === undefined ? undefined : username)],
    ['Connector', main(connector.name, `${typeName} · ${authorsOf(connector)}`)],
    ...(connector.spaceId === 'default'
      ? []
      : ([['Space', escapeHtml(connector.spaceId)]] as const)),
    ['Sign in at', main(provider, tokensVia && `Access is handed over by ${tokensVia}`)],
    [
      'Access used at',
      apiHosts === undefined
        ? 'Any host that this server may call'
        : list(apiHosts.map(escapeHtml)),
    ],
    ['Permissions', scopeList(scopes)],
    ['Connected account', connectionOf(connection)],
  ];
}

function scopeList(scopes: readonly DescribedScope[]): string {
  if (scopes.length === 0) return 'The defaults of the provider, which it will show you';
  return list(
    scopes.map(({ scope, words }) => {
      const raw = `<code>${escapeHtml(scope)}</code>`;
      return words === undefined ? raw : `${escapeHtml(words)} <span class="minor">${raw}</span>`;
    }),
  );
}

function authorsOf({ isPreconfigured, createdBy, updatedBy }: DecryptedConnector): string {
  if (isPreconfigured === true) return 'from the server’s configuration';
  const created = `created by ${nameOf(createdBy)}`;
  const isChanged = updatedBy !== undefined && updatedBy.profileUid !== createdBy?.profileUid;
  return isChanged ? `${created}, last changed by ${nameOf(updatedBy)}` : created;
}

function nameOf(author: ConnectorAuthor | undefined): string {
  return author?.username ?? 'an unknown user (not recorded by an older version)';
}

function connectionOf(connection: ConnectionView | undefined): string {
  const { status = 'not_connected', account, connectedAt } = connection ?? {};
  switch (status) {
    case 'connected':
    case 'expiring':
    case 'refresh_failing':
      return main(
        account?.label ?? 'An account the provider did not name',
        connectedAt && `since ${DATE.format(connectedAt)}`,
      );
    case 'needs_reauth':
      return main(account?.label ?? 'An account the provider did not name', 'must be renewed');
    case 'revocation_pending':
      return main('None', 'an earlier authorization is still being revoked');
    case 'pending':
    case 'not_connected':
      return 'None';
    default:
      return status satisfies never;
  }
}

/** The server does not know the user's time zone, so the page shows the day in UTC. */
const DATE = new Intl.DateTimeFormat('en', { dateStyle: 'long', timeZone: 'UTC' });

function main(text: string, minor: string | undefined): string {
  const more = minor === undefined ? '' : ` <span class="minor">${escapeHtml(minor)}</span>`;
  return `${escapeHtml(text)}${more}`;
}

function list(items: readonly string[]): string {
  return `<ul>${items.map((item) => `<li>${item}</li>`).join('')}</ul>`;
}
