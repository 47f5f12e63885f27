import { type BootData, bootData } from '../../common/index.ts';
import type { HttpSetup, Principal, ServerRequest, UrlBuilder } from '../http/index.ts';
import type { Logger } from '../logging/index.ts';
import { chooseLanguage, registerPageStyle } from '../pages/index.ts';
import type { Clock, Randomness } from '../time/index.ts';
import { registerAssetRoute } from './asset_route.ts';
import type { BrowserBuild } from './browser_build.ts';
import { registerShellRoutes } from './shell_routes.ts';
import type { BootDataPart, BrowserSetup, FirstRequest, HomePage } from './types.ts';

/** Parts of the server that the web app needs. */
export interface BrowserServiceOptions {
  /** `undefined`: the web app was not built. */
  readonly build: BrowserBuild | undefined;
  /** Version of Latchkey. */
  readonly version: string;
  /** Settings that plugins expose to browsers, by plugin id. */
  readonly plugins: BootData['plugins'];
  readonly clock: Pick<Clock, 'now'>;
  readonly randomness: Pick<Randomness, 'bytes'>;
  readonly logger: Logger;
}

/** Serves the web app: its page with boot data, and its files. */
export class BrowserService {
  /** Id of the build. Changes when the server or the browser side changes. */
  readonly buildId: string;
  readonly #options: BrowserServiceOptions;
  readonly #sources: ((principal: Principal) => Promise<BootDataPart>)[] = [];
  readonly #homePages: HomePage[] = [];
  readonly #firstRequests: FirstRequest[] = [];
  #findHomeSpace: Parameters<BrowserSetup['registerHomeSpace']>[0] | undefined;

  constructor(options: BrowserServiceOptions) {
    this.#options = options;
    this.buildId = `${options.version}-${options.build?.id ?? 'none'}`;
  }

  /** Functions for plugins. */
  get setup(): BrowserSetup {
    return {
      registerBootData: (read) => {
        this.#sources.push(read);
      },
      registerHomePage: (page) => {
        this.#homePages.push(page);
      },
      registerFirstRequest: (request) => {
        this.#firstRequests.push(request);
      },
      registerHomeSpace: (find) => {
        this.#findHomeSpace = find;
      },
    };
  }

  /** Registers the routes of the web app. */
  registerRoutes(http: HttpSetup): void {
    const { build, randomness, logger } = this.#options;
    if (build === undefined) {
      logger.warn(
        'The web app is not built, so its pages are unavailable. Start the server with npm start or npm run serve, which build it.',
      );
    }
    const router = http.createRouter();
    registerAssetRoute(router, build);
    registerPageStyle(router, build?.files ?? []);
    registerShellRoutes(router, {
      build,
      urls: http.urls,
      createNonce: () => randomness.bytes(16).toString('base64'),
      readBootData: (request) => this.#bootDataFor(request, http.urls),
      findHomeSpace: async (request) => this.#findHomeSpace?.(request),
      firstRequests: this.#firstRequests,
      homePages: () => this.#homePages.toSorted((a, b) => a.order - b.order),
    });
  }

  async #bootDataFor(
    request: ServerRequest,
    { basePath, publicBaseUrl }: Pick<UrlBuilder, 'basePath' | 'publicBaseUrl'>,
  ): Promise<BootData> {
    const { version, plugins, clock } = this.#options;
    const parts = await Promise.all(this.#sources.map((read) => read(request)));
    const { spaceId, user } = request;
    const browserLanguage = chooseLanguage(request.headers['accept-language']);
    const defaults = {
      basePath,
      buildId: this.buildId,
      now: clock.now(),
      version,
      space: { id: spaceId, name: spaceId },
      user: { username: user?.username ?? '', roles: user?.roles ?? [], privileges: [] },
      theme: 'system',
      language: browserLanguage,
      browserLanguage,
      hasPublicBaseUrl: publicBaseUrl !== undefined,
      plugins,
    };
    const provided: BootDataPart = Object.assign({}, ...parts);
    const languageChoice = provided.language ?? 'browser';
    return bootData.parse({ ...defaults, languageChoice, ...provided });
  }
}
