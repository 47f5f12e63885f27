import { escapeHtml } from '@latchkey/core/common';
import type { UrlBuilder } from '@latchkey/core/server';
import { CONTINUED_FIELD, readContinueScript } from '../../../common/index.ts';
import { hiddenFields, renderFrame } from '../pages/index.ts';

/**
 * Response to a form that another site posted (`response_mode=form_post`). Browsers send no
 * `SameSite=Lax` cookies with it, so the user is not known yet. The page posts the same fields
 * again from this origin, with the cookies. The code stays out of URLs, and so out of the history
 * and of `Referer`.
 * @param path of the callback, with its provider key
 */
export function renderContinuePage(
  path: string,
  fields: Readonly<Record<string, string | undefined>>,
  urls: Pick<UrlBuilder, 'path'>,
): string {
  return renderFrame(
    {
      title: 'Finishing the authorization',
      kind: 'decision',
      scriptPath: readContinueScript.path,
      body: [
        '<h1>Finishing the authorization</h1>',
        '<p class="lead">If nothing happens, press Continue.</p>',
        `<form method="post" action="${escapeHtml(urls.path(path))}" autocomplete="off">`,
        ...hiddenFields({ ...fields, [CONTINUED_FIELD]: 'true' }),
        '<button class="button" type="submit">Continue</button>',
        '</form>',
      ],
    },
    urls,
  );
}
