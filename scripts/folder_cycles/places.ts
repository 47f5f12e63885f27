import { dirname } from 'node:path';

/** Types, settings and errors at the root of a plugin or package, which all its folders import. */
const CONTRACT_FILE =
  /^(plugins\/[^/]+\/(server|public)|packages\/[^/]+)\/(types|config|\w+_error)[.]ts$/;
/** Entry points of browser code. They load pages of all folders, and no folder imports them. */
const ENTRY_POINT = /^(plugins\/[^/]+|packages\/core)\/public\/(index|plugin)[.]ts$/;
/**
 * Matches a folder directly below the root of a plugin's side, of core's sides, or of a package.
 */
const CAPABILITY =
  /^((?:plugins\/[^/]+|packages\/core)\/(?:server|public|common)|packages\/(?!core\/)[^/]+)\/[^/]+(?=\/)/;

/** Returns the folder of a file, or the file itself if it is a contract or an entry point. */
export function folderOf(file: string): string {
  return CONTRACT_FILE.test(file) || ENTRY_POINT.test(file) ? file : dirname(file);
}

/**
 * Returns the capability of a file: the folder directly below the root of its plugin or package,
 * with all folders inside it. A file at the root is a place of its own.
 */
export function capabilityOf(file: string): string {
  return CAPABILITY.exec(file)?.[0] ?? file;
}
