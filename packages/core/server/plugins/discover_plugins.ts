import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ParseError, parse, printParseErrorCode } from 'jsonc-parser';
import { z } from 'zod';
import { PluginError } from './plugin_error.ts';

const MANIFEST = 'kibana.jsonc';
const pluginId = z.string().regex(/^[a-z][A-Za-z0-9]{0,63}$/, 'expected an id in camelCase');
const pathPart = z.string().regex(/^[A-Za-z][A-Za-z0-9_]{0,63}$/, 'expected a configuration key');

const manifestSchema = z.strictObject({
  type: z.literal('plugin'),
  /** Name of the npm package. */
  id: z.string().min(1).max(214),
  owner: z.union([z.string(), z.array(z.string())]).optional(),
  description: z.string().optional(),
  plugin: z.strictObject({
    id: pluginId,
    server: z.boolean(),
    browser: z.boolean().default(false),
    configPath: z.array(pathPart).min(1).optional(),
    requiredPlugins: z.array(pluginId).default([]),
    optionalPlugins: z.array(pluginId).default([]),
  }),
});

/** A plugin found on disk, before its code is loaded. */
export interface DiscoveredPlugin {
  readonly id: string;
  /** Absolute path of the folder with the manifest. */
  readonly folder: string;
  readonly hasServer: boolean;
  /** `true`: its `public/index.ts` is part of the web app. */
  readonly hasBrowser: boolean;
  /** Path of the settings of the plugin. Default: the plugin id. */
  readonly configPath: readonly string[];
  readonly requiredPlugins: readonly string[];
  readonly optionalPlugins: readonly string[];
}

/**
 * Returns the folders directly below `parent` that contain a manifest, sorted by name. Empty when
 * `parent` does not exist.
 */
export function findPluginFolders(parent: string): string[] {
  if (!existsSync(parent)) return [];
  return readdirSync(parent)
    .sort()
    .map((name) => join(parent, name))
    .filter((folder) => existsSync(join(folder, MANIFEST)));
}

/** Returns the reason why a folder cannot be a plugin. `undefined`: it has a manifest. */
export function pluginFolderProblem(folder: string): string | undefined {
  try {
    readdirSync(folder);
  } catch (error) {
    return `the folder ${folder} cannot be read (${errorCodeOf(error)})`;
  }
  if (existsSync(join(folder, MANIFEST))) return undefined;
  const [inner] = findPluginFolders(folder);
  const hint = inner === undefined ? '' : `; name each plugin's own folder, for example ${inner}`;
  return `the folder ${folder} has no ${MANIFEST}${hint}`;
}

/**
 * Reads the manifest of a plugin.
 * @throws PluginError `bad_manifest` naming the file and the problem
 */
export function readManifest(folder: string): DiscoveredPlugin {
  const file = join(folder, MANIFEST);
  const result = manifestSchema.safeParse(parseManifest(file));
  if (!result.success) {
    const [issue] = result.error.issues;
    const reason = `[${issue?.path.join('.') ?? ''}]: ${issue?.message ?? 'not valid'}`;
    throw new PluginError(
      'bad_manifest',
      undefined,
      `The manifest ${file} is not valid: ${reason}`,
    );
  }
  const { id, server, browser, configPath, requiredPlugins, optionalPlugins } = result.data.plugin;
  return {
    id,
    folder,
    hasServer: server,
    hasBrowser: browser,
    configPath: configPath ?? [id],
    requiredPlugins,
    optionalPlugins,
  };
}

function parseManifest(file: string): unknown {
  const errors: ParseError[] = [];
  const manifest: unknown = parse(readText(file), errors, { allowTrailingComma: true });
  const [error] = errors;
  if (error === undefined) return manifest;
  const reason = `${printParseErrorCode(error.error)} at offset ${error.offset}`;
  throw new PluginError('bad_manifest', undefined, `The manifest ${file} is not valid: ${reason}`);
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new PluginError('bad_manifest', undefined, `The manifest ${file} cannot be read`, {
      cause: error,
    });
  }
}

const errorCodeOf = (error: unknown): string =>
  Error.isError(error) && 'code' in error ? String(error.code) : 'unknown';
