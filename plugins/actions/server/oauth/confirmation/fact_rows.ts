import { escapeHtml, localize } from '@latchkey/core/common';
import { type HtmlTexts, htmlTexts, type PageAppearance } from '@latchkey/core/server';
import type { ConnectorAuthor, DecryptedConnector } from '../../connector_data/index.ts';
import type { DescribedScope } from '../scopes/index.ts';
import type { ConnectionView } from '../tokens/index.ts';
import type { ConfirmationFacts } from './confirmation_facts.ts';
import { FACT_TEXTS } from './confirmation_texts.ts';

type Language = PageAppearance['language'];

/** Renders the rows of the table of facts: term and description as HTML. */
export function factRows(
  facts: ConfirmationFacts,
  appearance: PageAppearance,
): readonly (readonly [string, string])[] {
  const { user, connector, typeName, provider, tokensVia, apiHosts, scopes, connection } = facts;
  const text = htmlTexts(appearance);
  const { language } = appearance;
  const { fullName, username } = user;
  return [
    [
      text(FACT_TEXTS.user),
      main(escapeHtml(fullName ?? username), fullName && escapeHtml(username)),
    ],
    [
      text(FACT_TEXTS.connector),
      main(escapeHtml(connector.name), originOf(connector, typeName, language)),
    ],
    ...(connector.spaceId === 'default'
      ? []
      : ([[text(FACT_TEXTS.space), escapeHtml(connector.spaceId)]] as const)),
    [
      text(FACT_TEXTS.provider),
      main(escapeHtml(provider), tokensVia && text(FACT_TEXTS.tokensVia, { host: tokensVia })),
    ],
    [
      text(FACT_TEXTS.apiHosts),
      apiHosts === undefined ? text(FACT_TEXTS.anyHost) : list(apiHosts.map(escapeHtml)),
    ],
    [text(FACT_TEXTS.permissions), scopeList(scopes, appearance)],
    [text(FACT_TEXTS.account), connectionOf(connection, text, language)],
  ];
}

function scopeList(scopes: readonly DescribedScope[], appearance: PageAppearance): string {
  const text = htmlTexts(appearance);
  if (scopes.length === 0) return text(FACT_TEXTS.providerDefaults);
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
  if (isPreconfigured === true) return text(FACT_TEXTS.preconfigured, { type });
  const isChanged = updatedBy !== undefined && updatedBy.profileUid !== createdBy?.profileUid;
  return text(isChanged ? FACT_TEXTS.changedBy : FACT_TEXTS.createdBy, {
    type,
    creator: nameOf(createdBy, language),
    editor: nameOf(updatedBy, language),
  });
}

function nameOf(author: ConnectorAuthor | undefined, language: Language): string {
  return author?.username ?? localize(FACT_TEXTS.unknownUser, language);
}

function connectionOf(
  connection: ConnectionView | undefined,
  text: HtmlTexts,
  language: Language,
): string {
  const { status = 'not_connected', account, connectedAt } = connection ?? {};
  const named = account === undefined ? text(FACT_TEXTS.unnamedAccount) : escapeHtml(account.label);
  switch (status) {
    case 'connected':
    case 'expiring':
    case 'needs_site':
    case 'refresh_failing':
      return main(
        named,
        connectedAt && text(FACT_TEXTS.since, { day: dayOf(connectedAt, language) }),
      );
    case 'needs_reauth':
      return main(named, text(FACT_TEXTS.mustBeRenewed));
    case 'revocation_pending':
      return main(text(FACT_TEXTS.none), text(FACT_TEXTS.beingRevoked));
    case 'pending':
    case 'not_connected':
      return text(FACT_TEXTS.none);
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
