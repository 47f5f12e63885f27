import { readAsset } from '../../common/index.ts';
import { chooseEncoding, HttpError, type Router, respond } from '../http/index.ts';
import type { BrowserBuild } from './browser_build.ts';

/** One year, the longest time that caches respect. The name of a file changes with its content. */
const CACHE_FOR_EVER = 'public, max-age=31536000, immutable';

/** Registers the route of the files of the web app. */
export function registerAssetRoute(router: Router, build: BrowserBuild | undefined): void {
  router.handle(readAsset, async ({ params, headers }) => {
    const type = build?.typeOf(params.file);
    // Only files that the build lists are read, so no path can lead out of the folder of the build.
    if (build === undefined || type === undefined) throw new HttpError(404, 'Not Found');
    const encoding = chooseEncoding(headers['accept-encoding']);
    return respond.ok(await build.read(params.file, encoding), {
      headers: {
        'content-type': type,
        'cache-control': CACHE_FOR_EVER,
        vary: 'accept-encoding',
        ...(encoding === 'identity' ? {} : { 'content-encoding': encoding }),
      },
    });
  });
}
