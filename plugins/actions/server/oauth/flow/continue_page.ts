import { escapeHtml, localize } from '@latchkey/core/common';
import { htmlTexts, type PageAppearance, renderPage, type UrlBuilder } from '@latchkey/core/server';
import { CONTINUED_FIELD, readContinueScript } from '../../../common/index.ts';
import { heading, hiddenFields } from '../pages/index.ts';
import { FLOW_TEXTS } from './flow_texts.ts';

/** Content of the form that the page posts. */
interface ContinuePage {
  /** Path of the callback, including the provider key. */
  readonly path: string;
  readonly fields: Readonly<Record<string, string | undefined>>;
}

/**
 * Renders the response to a form that another site posted (`response_mode=form_post`). Browsers
 * send no `SameSite=Lax` cookies with such a form, so the user is not known yet. The page posts the
 * same fields again from our origin, now with cookies. Because it posts a form, the code is not in
 * a URL, and so neither in the history nor in `Referer`.
 */
export function renderContinuePage(
  { path, fields }: ContinuePage,
  appearance: PageAppearance,
  urls: Pick<UrlBuilder, 'path'>,
): string {
  const text = htmlTexts(appearance);
  return renderPage(
    {
      appearance,
      title: localize(FLOW_TEXTS.finishing, appearance.language),
      layout: 'result',
      scriptPath: readContinueScript.path,
      body: [
        heading(text(FLOW_TEXTS.finishing)),
        `<p class="lead" role="status">${text(FLOW_TEXTS.pressContinue)}</p>`,
        `<form method="post" action="${escapeHtml(urls.path(path))}" autocomplete="off">`,
        ...hiddenFields({ ...fields, [CONTINUED_FIELD]: 'true' }),
        `<div class="actions"><button class="button" type="submit">${text(FLOW_TEXTS.continue)}</button></div>`,
        '</form>',
      ],
    },
    urls,
  );
}
