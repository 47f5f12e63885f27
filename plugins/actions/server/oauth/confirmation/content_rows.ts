import { escapeHtml, localize } from '@latchkey/core/common';
import { type HtmlTexts, htmlTexts, type PageAppearance } from '@latchkey/core/server';
import type { ConnectorAuthor, DecryptedConnector } from '../../connector_data/index.ts';
import type { DescribedScope } from '../scopes/index.ts';
import type { ConnectionView } from '../tokens/index.ts';
import type { ConfirmationContent } from './confirmation_content.ts';
import { ROW_TEXTS } from './confirmation_texts.ts';

type Language = PageAppearance['language'];

/** Renders the rows of the table of content: term and description as HTML. */
export function contentRows(
  content: ConfirmationContent,
  appearance: PageAppearance,
): readonly (readonly [string, string])[] {
  const { user, connector, typeName, provider, tokensVia, apiHosts, scopes, connection } = content;
  const text = htmlTexts(appearance);
  const { language } = appearance;
  const { fullName, username } = user;
  return [
    [
      text(ROW_TEXTS.user),
      main(escapeHtml(fullName ?? username), fullName && escapeHtml(username)),
    ],
    [
      text(ROW_TEXTS.connector),
      main(escapeHtml(connector.name), originOf(connector, typeName, language)),
    ],
    ...(connector.spaceId === 'default'
      ? []
      : ([[text(ROW_TEXTS.space), escapeHtml(connector.spaceId)]] as const)),
    [
      text(ROW_TEXTS.provider),
      main(escapeHtml(provider), tokensVia && text(ROW_TEXTS.tokensVia, { host: tokensVia })),
    ],
    [
      text(ROW_TEXTS.apiHosts),
      apiHosts === undefined ? text(ROW_TEXTS.anyHost) : list(apiHosts.map(escapeHtml)),
    ],
    [text(ROW_TEXTS.permissions), scopeList(scopes, appearance)],
    [text(ROW_TEXTS.account), connectionOf(connection, text, language)],
  ];
}

function scopeList(scopes: readonly DescribedScope[], appearance: PageAppearance): string {
  const text = htmlTexts(appearance);
  if (scopes.length === 0) return text(ROW_TEXTS.providerDefaults);
  return list(
    scopes.map(({ scope, words }) => {
      const raw = `<code>${escapeHtml(scope)}</code>`;
      return words === undefined ? raw : `${text(words)} <span class="minor">${raw}</span>`;
    }),
  );
}

/** Renders type and authors of a connector as HTML. */
function originOf(
  { isPreconfigured, createdBy, updatedBy }: DecryptedConnector,
  type: string,
  language: Language,
): string {
  const text = htmlTexts({ language });
  if (isPreconfigured === true) return text(ROW_TEXTS.preconfigured, { type });
  const isChanged = updatedBy !== undefined && updatedBy.profileUid !== createdBy?.profileUid;
  return text(isChanged ? ROW_TEXTS.changedBy : ROW_TEXTS.createdBy, {
    type,
    creator: nameOf(createdBy, language),
    editor: nameOf(updatedBy, language),
  });
}

function nameOf(author: ConnectorAuthor | undefined, language: Language): string {
  return author?.username ?? localize(ROW_TEXTS.unknownUser, language);
}

function connectionOf(
  connection: ConnectionView | undefined,
  text: HtmlTexts,
  language: Language,
): string {
  const { status = 'not_connected', account, connectedAt } = connection ?? {};
  const named = account === undefined ? text(ROW_TEXTS.unnamedAccount) : escapeHtml(account.label);
  switch (status) {
    case 'connected':
    case 'expiring':
    case 'needs_site':
    case 'refresh_failing':
      return main(
        named,
        connectedAt && text(ROW_TEXTS.since, { day: dayOf(connectedAt, language) }),
      );
    case 'needs_reauth':
      return main(named, text(ROW_TEXTS.mustBeRenewed));
    case 'revocation_pending':
      return main(text(ROW_TEXTS.none), text(ROW_TEXTS.beingRevoked));
    case 'pending':
    case 'not_connected':
      return text(ROW_TEXTS.none);
    default:
      return status satisfies never;
  }
}

/** Formats a date in UTC, because the server does not know the user's time zone. */
function dayOf(date: Date, language: Language): string {
  const locale = language === 'de' ? 'de' : 'en';
  return new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeZone: 'UTC' }).format(date);
}

/**
 * Adds a secondary line to a text. Both arguments are HTML. `undefined`: there is no second line.
 */
function main(html: string, minor: string | undefined): string {
  return minor === undefined ? html : `${html} <span class="minor">${minor}</span>`;
}

function list(items: readonly string[]): string {
  return `<ul>${items.map((item) => `<li>${item}</li>`).join('')}</ul>`;
}
