import { inSpace } from '../../common/index.ts';
import { HttpError } from './http_error.ts';
import type { UrlBuilder } from './types.ts';

/**
 * Builds URLs for browsers and providers.
 * @param config `publicBaseUrl` includes the base path and has no trailing slash
 */
export function createUrlBuilder(config: {
  readonly basePath: string;
  readonly publicBaseUrl: string | undefined;
}): UrlBuilder {
  const { basePath, publicBaseUrl } = config;
  return {
    basePath,
    publicBaseUrl,
    path: (path, spaceId) => `${basePath}${inSpace(path, spaceId)}`,
    publicUrl: (path, spaceId) => {
      if (publicBaseUrl === undefined) {
        throw new HttpError(
          400,
          'This operation needs the public address of the server: ask an administrator to set [server.publicBaseUrl].',
        );
      }
      return `${publicBaseUrl}${inSpace(path, spaceId)}`;
    },
  };
}
