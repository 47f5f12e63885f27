import { escapeHtml } from '@latchkey/core/common';
import {
  type ErrorMapper,
  type ErrorPage,
  HttpError,
  type MappedError,
  type RouteResponse,
  respond,
  type ServerRequest,
  type UrlBuilder,
} from '@latchkey/core/server';
import { renderFrame } from './page_frame.ts';

/** Content of an error page. */
interface Problem {
  readonly title: string;
  readonly text: string;
  /** The next step; `href` is a path of this server, with base path and space. */
  readonly link?: { readonly text: string; readonly href: string };
}

/** Renders the page, without scripts, so that a reload repeats the request. */
function renderProblem({ title, text, link }: Problem, urls: Pick<UrlBuilder, 'path'>): string {
  return renderFrame(
    {
      title,
      kind: 'failure',
      body: [
        '<div class="mark" aria-hidden="true">!</div>',
        '<div role="alert">',
        `<h1>${escapeHtml(title)}</h1>`,
        `<p>${escapeHtml(text)}</p>`,
        '</div>',
        link === undefined
          ? ''
          : `<p><a class="button" href="${escapeHtml(link.href)}">${escapeHtml(link.text)}</a></p>`,
      ],
    },
    urls,
  );
}

/**
 * Page for a user whose session has ended while a page was open.
 * @param next path to return to after the login, with base path and space
 */
export function askToSignIn(next: string, urls: Pick<UrlBuilder, 'path'>): ErrorPage {
  const href = `${urls.path('/login')}?next=${encodeURIComponent(next)}`;
  const page = renderProblem(
    {
      title: 'Sign in first',
      text: 'Your session has ended. Sign in to see the page again.',
      link: { text: 'Sign in', href },
    },
    urls,
  );
  return respond.errorPage(401, page, { headers: { 'www-authenticate': 'ApiKey' } });
}

/**
 * Runs `work`. Known errors become pages for browsers, with their real status, and JSON for
 * programs.
 */
export async function withErrorPage<R extends RouteResponse>(
  request: Pick<ServerRequest, 'headers'>,
  page: {
    readonly urls: Pick<UrlBuilder, 'path'>;
    readonly title: string;
    readonly mapError: ErrorMapper;
  },
  work: () => Promise<R>,
): Promise<R | ErrorPage> {
  try {
    return await work();
  } catch (error) {
    const known = page.mapError(error) ?? httpError(error);
    if (known === undefined || !wantsPage(request)) throw error;
    const problem = { title: page.title, text: known.message };
    const extras = known.headers === undefined ? {} : { headers: known.headers };
    return respond.errorPage(known.statusCode, renderProblem(problem, page.urls), extras);
  }
}

function httpError(error: unknown): MappedError | undefined {
  if (!(error instanceof HttpError)) return undefined;
  const { statusCode, message, headers } = error;
  return { statusCode, message, ...(headers === undefined ? {} : { headers }) };
}

function wantsPage({ headers }: Pick<ServerRequest, 'headers'>): boolean {
  return headers.accept?.includes('text/html') ?? false;
}
