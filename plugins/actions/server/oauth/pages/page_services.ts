import {
  appearanceOf,
  type Logger,
  type PageAppearance,
  type ServerRequest,
  type UrlBuilder,
} from '@latchkey/core/server';
import type { SecurityStart } from '@latchkey/security-plugin/server';

/** The parts of a request that pages need. */
export type PageRequest = Pick<
  ServerRequest,
  'cookies' | 'headers' | 'remoteAddress' | 'requestId' | 'spaceId' | 'user'
>;

/** Services that the routes of all pages call. */
export interface PageServices {
  readonly pages: Pages;
  readonly urls: UrlBuilder;
}

/** Chooses the appearance of pages, and logs the failures that pages show. */
export class Pages {
  readonly #users: Pick<SecurityStart, 'getPageUser'>;
  readonly #logger: Pick<Logger, 'debug' | 'error' | 'warn'>;

  constructor(options: {
    readonly users: Pick<SecurityStart, 'getPageUser'>;
    readonly logger: Pick<Logger, 'debug' | 'error' | 'warn'>;
  }) {
    this.#users = options.users;
    this.#logger = options.logger;
  }

  /**
   * Returns theme and language of the signed-in user. Without a user, returns what the last user of
   * this browser has chosen, else what the browser requests. Never throws, because a page about an
   * unavailable store must be shown as well.
   */
  async appearanceFor(request: PageRequest): Promise<PageAppearance> {
    if (request.user === undefined) return appearanceOf(request);
    try {
      const { settings } = await this.#users.getPageUser(request);
      return appearanceOf(request, settings);
    } catch (error) {
      this.#logger.debug('The settings of a user could not be read for a page', { error });
      return appearanceOf(request);
    }
  }

  /**
   * Logs a failure that a page shows to a signed-in user.
   * @returns the id of the request, by which administrators find the log line. `undefined`: there
   * is no user, and the failure is not logged, so that anonymous requests cannot fill the log
   */
  logFailure(
    request: PageRequest,
    {
      code,
      error,
      isFault,
    }: { readonly code: string; readonly error: unknown; readonly isFault: boolean },
  ): string | undefined {
    if (request.user === undefined) return undefined;
    this.#logger[isFault ? 'error' : 'warn'](`A page of an authorization failed: ${code}`, {
      error,
      'trace.id': request.requestId,
    });
    return request.requestId;
  }
}
