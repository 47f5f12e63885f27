import { HttpError } from './http_error.ts';
import type { UrlBuilder } from './types.ts';

/** The space that always exists and is left out of URLs. */
export const DEFAULT_SPACE_ID = 'default';

/**
 * Builds URLs for browsers and providers.
 * @param config `publicBaseUrl` includes the base path and has no trailing slash
 */
export function createUrlBuilder(config: {
  readonly basePath: string;
  readonly publicBaseUrl: string | undefined;
}): UrlBuilder {
  const { basePath, publicBaseUrl } = config;
  const inSpace = (path: string, spaceId: string | undefined): string =>
    spaceId === undefined || spaceId === DEFAULT_SPACE_ID ? path : `/s/${spaceId}${path}`;
  return {
    basePath,
    publicBaseUrl,
    path: (path, spaceId) => `${basePath}${inSpace(path, spaceId)}`,
    publicUrl: (path, spaceId) => {
      if (publicBaseUrl === undefined) {
        throw new HttpError(
          400,
          'This needs the address browsers use: ask an administrator to set [server.publicBaseUrl].',
        );
      }
      return `${publicBaseUrl}${inSpace(path, spaceId)}`;
    },
  };
}
