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
  /** Public code, for the log. */
  readonly code: string;
  /** Our own texts; several are shown one after the other. */
  readonly texts: readonly FilledText[];
  /** Absent: the title of the page. */
  readonly title?: LocalizedText | undefined;
  readonly headers?: Readonly<Record<string, string>>;
  /** `true`: a fault of the server. */
  readonly isFault?: boolean;
}

/** Properties of a route that its error page depends on. */
export interface ErrorPageOptions extends PageServices {
  readonly title: LocalizedText;
  /** Content for an error of the capability; also for an unknown error. */
  readonly explain: (error: unknown) => PageProblem;
}

interface Problem {
  readonly title: LocalizedText;
  readonly texts: readonly FilledText[];
  readonly links: readonly PageLink[];
  readonly reference: string | undefined;
}

/** Renders the page, without scripts, so that a reload repeats the request. */
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
 * Page for a user whose session has ended while a page was open.
 * @param next path to return to after the login, with base path and space
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
 * Runs `work`. Errors become pages for browsers, with their real status, and JSON for programs. A
 * page without a user has no link: a page of another site may have chosen the path.
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

/** Content for a refusal by a page, or by a check that is not specific to pages. */
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
