import { type LocalizedText, localize } from '@latchkey/core/common';
import {
  type ErrorPage,
  HttpError,
  htmlTexts,
  type RouteResponse,
  renderPage,
  respond,
} from '@latchkey/core/server';
import {
  actions,
  type FilledText,
  heading,
  mark,
  type PageLink,
  referenceLine,
} from './page_parts.ts';
import { PageRefusal } from './page_refusal.ts';
import type { PageRequest, PageServices } from './page_services.ts';
import { PAGE_TEXTS } from './page_texts.ts';

/** Content of an error page. */
export interface PageProblem {
  readonly statusCode: number;
  /** Public code of the error, for the log. */
  readonly code: string;
  /** Our own texts. Several texts are shown one after the other. */
  readonly texts: readonly FilledText[];
  /** Title of the page. Absent: the title of {@link ErrorPageOptions}. */
  readonly title?: LocalizedText | undefined;
  readonly headers?: Readonly<Record<string, string>>;
  /** `true`: the error is a fault of this server, and is logged as an error. */
  readonly isFault?: boolean;
}

/** Options of {@link withErrorPage}. They depend on the route. */
export interface ErrorPageOptions extends PageServices {
  readonly title: LocalizedText;
  /** Returns the content of the page for any error that is not an {@link HttpError}. */
  readonly explain: (error: unknown) => PageProblem;
}

interface Problem {
  readonly title: LocalizedText;
  readonly texts: readonly FilledText[];
  readonly links: readonly PageLink[];
  readonly reference: string | undefined;
}

/** Renders an error page. It has no scripts; reloading it sends the request again. */
async function renderProblem(
  request: PageRequest,
  { title, texts, links, reference }: Problem,
  { pages, urls }: PageServices,
): Promise<string> {
  const appearance = await pages.appearanceFor(request);
  const text = htmlTexts(appearance);
  return renderPage(
    {
      appearance,
      title: localize(title, appearance.language),
      layout: 'result',
      body: [
        mark('failure'),
        '<div role="alert">',
        heading(text(title)),
        `<p>${texts.map((one) => text(one.text, one.values)).join(' ')}</p>`,
        '</div>',
        actions(links, text),
        referenceLine(reference, text),
      ],
    },
    urls,
  );
}

/**
 * Returns the page for a user whose session has ended while a page was open.
 * @param next path to which the user returns after the login, with base path and space
 */
export async function askToSignIn(
  request: PageRequest,
  next: string,
  services: PageServices,
): Promise<ErrorPage> {
  const href = `${services.urls.path('/login')}?next=${encodeURIComponent(next)}`;
  const problem: Problem = {
    title: PAGE_TEXTS.signInFirst,
    texts: [{ text: PAGE_TEXTS.sessionEnded }],
    links: [{ text: PAGE_TEXTS.signIn, href }],
    reference: undefined,
  };
  const page = await renderProblem(request, problem, services);
  return respond.errorPage(401, page, { headers: { 'www-authenticate': 'ApiKey' } });
}

/**
 * Calls `work`, and converts its errors for browsers to pages with the HTTP status of the error.
 * Programs get the errors as JSON. A page for a request without a user contains no link, because
 * another site may have chosen the path.
 */
export async function withErrorPage<R extends RouteResponse>(
  request: PageRequest,
  options: ErrorPageOptions,
  work: () => Promise<R>,
): Promise<R | ErrorPage> {
  try {
    return await work();
  } catch (error) {
    if (!wantsPage(request)) throw error;
    const found = refusalOf(error) ?? options.explain(error);
    const { statusCode, code, texts, title = options.title, headers, isFault = false } = found;
    const problem: Problem = {
      title,
      texts,
      links:
        request.user === undefined
          ? []
          : [{ text: PAGE_TEXTS.backToApp, href: options.urls.path('/', request.spaceId) }],
      reference: options.pages.logFailure(request, { code, error, isFault }),
    };
    const page = await renderProblem(request, problem, options);
    return respond.errorPage(statusCode, page, headers === undefined ? {} : { headers });
  }
}

/** Returns the content for an {@link HttpError}: one of our pages, or a general refusal. */
function refusalOf(error: unknown): PageProblem | undefined {
  if (!(error instanceof HttpError)) return undefined;
  const { statusCode, headers } = error;
  const isOwn = error instanceof PageRefusal;
  return {
    statusCode,
    code: isOwn ? error.code : `http_${statusCode}`,
    texts: isOwn ? [error.filled] : [{ text: textOfStatus(statusCode) }],
    ...(headers === undefined ? {} : { headers }),
  };
}

function textOfStatus(statusCode: number): LocalizedText {
  if (statusCode === 401) return PAGE_TEXTS.needsSession;
  return statusCode === 403 ? PAGE_TEXTS.forbidden : PAGE_TEXTS.refused;
}

function wantsPage({ headers }: Pick<PageRequest, 'headers'>): boolean {
  return headers.accept?.includes('text/html') ?? false;
}
