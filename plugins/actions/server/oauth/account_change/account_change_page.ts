import { escapeHtml } from '@latchkey/core/common';
import type { UrlBuilder } from '@latchkey/core/server';
import { accountChangePath } from '../../../common/index.ts';
import { hiddenFields, renderFrame } from '../pages/index.ts';
import type { AccountChange } from '../tokens/index.ts';

/** Texts and hidden fields of the page on which a user decides about another account. */
export interface AccountChangePage {
  readonly connector: { readonly id: string; readonly name: string; readonly spaceId: string };
  readonly change: AccountChange & { readonly isSameBrowser: boolean };
  /** Whole minutes left to decide, at least one. */
  readonly minutesLeft: number;
  /** Hidden fields of the form, with the token that proves its origin. */
  readonly fields: Readonly<Record<string, string>>;
}

/**
 * Page that asks which account to use. The button that keeps the connected account comes first,
 * because it is the safe choice and Enter presses it.
 */
export function renderAccountChangePage(
  { connector, change, minutesLeft, fields }: AccountChangePage,
  urls: Pick<UrlBuilder, 'path'>,
): string {
  const { from, to, isKnown } = namesOf(change);
  const action = urls.path(accountChangePath(connector.id), connector.spaceId);
  const minutes = minutesLeft === 1 ? 'one minute' : `${minutesLeft} minutes`;
  return renderFrame(
    {
      title: 'Keep or change the account?',
      kind: 'decision',
      body: [
        '<h1>Keep or change the account?</h1>',
        `<p class="lead">“${escapeHtml(connector.name)}” is connected with one account, and ${isKnown ? 'you have just signed in at the provider with another' : 'the provider did not say with which account you have just signed in'}.</p>`,
        '<dl class="facts">',
        `<dt>Connected</dt>\n<dd>${from}</dd>`,
        `<dt>Signed in now</dt>\n<dd>${to}</dd>`,
        '</dl>',
        `<p>If you keep the account, the new authorization is revoked where the provider offers that. If you change it, the old one is. ${isKnown ? '' : 'Where revoking one of them might end both, it is revoked when the other one ends. '}Without a decision within ${minutes} it is kept; until then ${from} stays in use.</p>`,
        change.isSameBrowser
          ? ''
          : '<p class="notice" role="alert">You can change the account only in the browser in which you signed in at the provider.</p>',
        `<form method="post" action="${escapeHtml(action)}" class="even">`,
        ...hiddenFields(fields),
        `<button class="button" type="submit" name="decision" value="keep">Keep ${from}</button>`,
        change.isSameBrowser
          ? `<button class="button secondary" type="submit" name="decision" value="change">${isKnown ? `Change to ${to}` : 'Use the new authorization'}</button>`
          : '',
        '</form>',
      ],
    },
    urls,
  );
}

/** The accounts as HTML. If two accounts share a label, their ids distinguish them. */
function namesOf({ from, to }: AccountChange) {
  const isAmbiguous = from.label === to?.label;
  const name = ({ id, label }: AccountChange['from']) =>
    escapeHtml(isAmbiguous ? `${label} (${id})` : label);
  const isKnown = to !== undefined;
  return { from: name(from), to: isKnown ? name(to) : 'An unknown account', isKnown };
}
