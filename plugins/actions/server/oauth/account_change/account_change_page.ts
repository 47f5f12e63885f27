import { escapeHtml, localize } from '@latchkey/core/common';
import { htmlTexts, type PageAppearance, renderPage, type UrlBuilder } from '@latchkey/core/server';
import { accountChangePath } from '../../../common/index.ts';
import { heading, hiddenFields } from '../pages/index.ts';
import type { AccountChange } from '../tokens/index.ts';
import { ACCOUNT_CHANGE_TEXTS as TEXTS } from './account_change_texts.ts';

/** Content of the page on which a user decides about another account. */
export interface AccountChangePage {
  readonly connector: { readonly id: string; readonly name: string; readonly spaceId: string };
  readonly change: AccountChange & { readonly isSameBrowser: boolean };
  /** Whole minutes that are left for the decision, rounded down, at least 1. */
  readonly minutesLeft: number;
  /** Hidden fields of the form. They contain the token that proves which page sent the form. */
  readonly fields: Readonly<Record<string, string>>;
}

/**
 * Renders the page that asks which account to use. The button that keeps the connected account
 * comes first, because it is the safe choice and the Enter key presses the first button.
 */
export function renderAccountChangePage(
  { connector, change, minutesLeft, fields }: AccountChangePage,
  appearance: PageAppearance,
  urls: Pick<UrlBuilder, 'path'>,
): string {
  const text = htmlTexts(appearance);
  const { from, to } = labelsOf(change);
  const action = urls.path(accountChangePath(connector.id), connector.spaceId);
  const lead = to === undefined ? TEXTS.unnamedAccount : TEXTS.otherAccount;
  const deadline = minutesLeft === 1 ? TEXTS.oneMinute : TEXTS.minutes;
  const consequences = [
    text(TEXTS.revocation),
    ...(to === undefined ? [text(TEXTS.jointRevocation)] : []),
    text(deadline, { minutes: minutesLeft, account: from }),
  ];
  return renderPage(
    {
      appearance,
      title: localize(TEXTS.title, appearance.language),
      layout: 'wide',
      body: [
        heading(text(TEXTS.title)),
        `<p class="lead">${text(lead, { connector: connector.name })}</p>`,
        '<dl>',
        `<dt>${text(TEXTS.connected)}</dt>\n<dd>${escapeHtml(from)}</dd>`,
        `<dt>${text(TEXTS.signedInNow)}</dt>\n<dd>${to === undefined ? text(TEXTS.unknownAccount) : escapeHtml(to)}</dd>`,
        '</dl>',
        `<p>${consequences.join(' ')}</p>`,
        change.isSameBrowser
          ? ''
          : `<p class="problem" role="alert">${text(TEXTS.otherBrowser)}</p>`,
        `<form method="post" action="${escapeHtml(action)}">`,
        ...hiddenFields(fields),
        '<div class="actions even">',
        `<button class="button" type="submit" name="decision" value="keep">${text(TEXTS.keep, { account: from })}</button>`,
        change.isSameBrowser
          ? `<button class="button secondary" type="submit" name="decision" value="change">${to === undefined ? text(TEXTS.useNew) : text(TEXTS.changeTo, { account: to })}</button>`
          : '',
        '</div>',
        '</form>',
      ],
    },
    urls,
  );
}

/**
 * Returns the labels of both accounts. Adds the ids if the labels are equal. `to` is `undefined` if
 * the provider did not name the new account.
 */
function labelsOf({ from, to }: AccountChange) {
  const isAmbiguous = from.label === to?.label;
  const name = ({ id, label }: AccountChange['from']) => (isAmbiguous ? `${label} (${id})` : label);
  return { from: name(from), to: to === undefined ? undefined : name(to) };
}
