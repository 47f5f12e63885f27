import { escapeHtml, localize } from '@latchkey/core/common';
import { htmlTexts, type PageAppearance, renderPage, type UrlBuilder } from '@latchkey/core/server';
import { hostWithPort } from '@latchkey/oauth-client';
import { startLinkPath } from '../../../common/index.ts';
import { type FilledText, heading, hiddenFields } from '../pages/index.ts';
import type { ConfirmationContent } from './confirmation_content.ts';
import { CONFIRMATION_TEXTS } from './confirmation_texts.ts';
import { contentRows } from './content_rows.ts';

/** Content of the page on which a user confirms the start of an authorization. */
export interface ConfirmationPage {
  readonly content: ConfirmationContent;
  /** Hidden fields of the form. They contain the token that proves which page sent the form. */
  readonly fields: Readonly<Record<string, string>>;
  /**
   * Sentence that says why the page is shown again. `undefined`: it is shown for the first time.
   */
  readonly notice: FilledText['text'] | undefined;
}

/** Renders the page that asks the user to confirm before the browser is sent to the provider. */
export function renderConfirmationPage(
  { content, fields, notice }: ConfirmationPage,
  appearance: PageAppearance,
  urls: Pick<UrlBuilder, 'path'>,
): string {
  const { connector, provider } = content;
  const text = htmlTexts(appearance);
  const action = urls.path(startLinkPath(connector.id), connector.spaceId);
  const named = { connector: connector.name };
  return renderPage(
    {
      appearance,
      title: localize(CONFIRMATION_TEXTS.title, appearance.language, named),
      layout: 'wide',
      body: [
        notice === undefined ? '' : `<p class="problem" role="alert">${text(notice)}</p>`,
        heading(text(CONFIRMATION_TEXTS.heading, named)),
        `<p class="lead">${text(CONFIRMATION_TEXTS.lead)}</p>`,
        '<dl>',
        ...contentRows(content, appearance).map(
          ([term, description]) => `<dt>${term}</dt>\n<dd>${description}</dd>`,
        ),
        '</dl>',
        `<form method="post" action="${escapeHtml(action)}">`,
        ...hiddenFields(fields),
        '<div class="actions">',
        `<button class="button" type="submit">${text(CONFIRMATION_TEXTS.continueTo, { provider })}</button>`,
        `<a class="button secondary" href="${escapeHtml(urls.path('/', connector.spaceId))}" rel="noreferrer">${text(CONFIRMATION_TEXTS.cancel)}</a>`,
        '</div>',
        '</form>',
      ],
    },
    urls,
  );
}

/**
 * Renders the page that sends the browser to the provider. The response to the form is a page and
 * not a redirect, because the policy `form-action` would block a redirect to another origin.
 */
export function renderLeavingPage(
  authorizationUrl: string,
  appearance: PageAppearance,
  urls: Pick<UrlBuilder, 'path'>,
): string {
  const text = htmlTexts(appearance);
  const named = { provider: hostWithPort(authorizationUrl) };
  return renderPage(
    {
      appearance,
      title: localize(CONFIRMATION_TEXTS.goingTo, appearance.language, named),
      layout: 'result',
      continueTo: authorizationUrl,
      body: [
        heading(text(CONFIRMATION_TEXTS.goingTo, named)),
        `<p class="lead" role="status">${text(CONFIRMATION_TEXTS.pressContinue)}</p>`,
        `<div class="actions"><a class="button" href="${escapeHtml(authorizationUrl)}" rel="noreferrer">${text(CONFIRMATION_TEXTS.continue)}</a></div>`,
      ],
    },
    urls,
  );
}
