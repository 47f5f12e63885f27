import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import {
  authenticationProblems,
  ConfigError,
  type ConfigSource,
  type CoreConfig,
  coreSchemas,
  type Environment,
  effectivePublicBaseUrl,
  loadConfigFile,
  modeProblems,
  type ParsedConfig,
  parseConfig,
  parseSectionAhead,
  type ServerConfig,
} from '../config/index.ts';
import type { HttpConfig } from '../http/index.ts';
import {
  findPluginFolders,
  type LoadedPlugin,
  loadPlugin,
  orderPlugins,
  pluginFolderProblem,
  readManifest,
} from '../plugins/index.ts';

/** Sources of the settings and the plugins of one start. */
export interface ConfigurationOptions {
  /**
   * Absolute path of the folder with `plugins/` and `package.json`. Relative paths in settings
   * begin here.
   */
  readonly root: string;
  readonly mode: 'development' | 'production';
  /** Paths of the configuration files, in order; a later file overrides an earlier one. */
  readonly configFiles: readonly string[];
  /**
   * Folder of each plugin. `undefined`: all folders below `plugins/`. The folders of the setting
   * `plugins.paths` are added.
   */
  readonly pluginFolders?: readonly string[] | undefined;
  /** Settings that files override. */
  readonly defaults: ConfigSource;
  /** Settings that override files. */
  readonly overrides: ConfigSource;
  readonly environment: Environment;
}

/** Settings and plugins, loaded before any plugin runs. */
export interface Configuration {
  readonly core: CoreConfig;
  readonly parsed: ParsedConfig;
  /** Sorted: each plugin comes after the plugins that it depends on. */
  readonly plugins: readonly LoadedPlugin[];
  readonly version: string;
}

/**
 * Finds the plugins, then reads all settings and checks them together against the schemas of core
 * and plugins.
 * @throws ConfigError, PluginError
 */
export async function loadConfiguration(options: ConfigurationOptions): Promise<Configuration> {
  const { environment } = options;
  const sources = [
    options.defaults,
    ...options.configFiles.map((file) => loadConfigFile(resolve(options.root, file))),
    options.overrides,
  ];
  const plugins = await loadPlugins(pluginFoldersOf(options, sources));
  const coreSections = Object.entries(coreSchemas).map(([key, schema]) => ({
    path: [key],
    schema,
  }));
  const pluginSections = plugins.flatMap(({ config, configPath }) =>
    config === undefined
      ? []
      : [{ path: configPath, schema: config.schema, deprecations: config.deprecations ?? [] }],
  );
  const parsed = parseConfig({
    sections: [...coreSections, ...pluginSections],
    sources,
    environment,
  });
  const core = coreConfig(parsed);
  const problems = [
    ...modeProblems(core.server, options.mode),
    ...(options.mode === 'production' ? authenticationProblems(parsed.ignored) : []),
  ];
  if (problems.length > 0) throw new ConfigError(problems);
  return { core, parsed, plugins, version: readVersion(options.root) };
}

/** The settings of the HTTP server. */
export function httpConfigOf(
  server: ServerConfig,
  options: Pick<ConfigurationOptions, 'mode' | 'root'>,
): HttpConfig {
  const { enabled, certificate, key } = server.ssl;
  const isTls = enabled && certificate !== undefined && key !== undefined;
  return {
    host: server.host,
    port: server.port,
    basePath: server.basePath,
    rewriteBasePath: server.rewriteBasePath,
    publicBaseUrl: effectivePublicBaseUrl(server, options.mode),
    maxPayloadBytes: server.maxPayload,
    shutdownTimeoutMs: server.shutdownTimeout,
    trustProxy: server.trustProxy,
    trustedHostNames: server.trustedHostNames,
    requestId: server.requestId,
    maxConnections: server.maxConnections,
    strictTransportSecurity: server.securityResponseHeaders.strictTransportSecurity,
    name: server.name,
    tls: isTls
      ? { certificate: resolve(options.root, certificate), key: resolve(options.root, key) }
      : undefined,
  };
}

/**
 * Returns the absolute folders of all plugins. `plugins.paths` is read before the other settings,
 * because their schemas come from the plugins.
 */
function pluginFoldersOf(
  options: ConfigurationOptions,
  sources: readonly ConfigSource[],
): readonly string[] {
  const { root, environment } = options;
  const section = { path: ['plugins'], schema: coreSchemas.plugins };
  const { paths } = parseSectionAhead({ section, sources, environment }) as CoreConfig['plugins'];
  const added = paths.map((folder) => resolve(root, folder));
  const problems = added.flatMap((folder) => pluginFolderProblem(folder) ?? []);
  if (problems.length > 0) {
    throw new ConfigError(problems.map((message) => ({ path: 'plugins.paths', message })));
  }
  const usual = options.pluginFolders ?? findPluginFolders(join(root, 'plugins'));
  return [...usual.map((folder) => resolve(root, folder)), ...added];
}

async function loadPlugins(folders: readonly string[]): Promise<LoadedPlugin[]> {
  const ordered = orderPlugins(folders.map(readManifest));
  const loaded: LoadedPlugin[] = [];
  for (const plugin of ordered) if (plugin.hasServer) loaded.push(await loadPlugin(plugin));
  return loaded;
}

const coreConfig = (parsed: ParsedConfig): CoreConfig => ({
  server: parsed.get(['server']) as CoreConfig['server'],
  logging: parsed.get(['logging']) as CoreConfig['logging'],
  path: parsed.get(['path']) as CoreConfig['path'],
  plugins: parsed.get(['plugins']) as CoreConfig['plugins'],
  uiSettings: parsed.get(['uiSettings']) as CoreConfig['uiSettings'],
  elasticsearch: parsed.get(['elasticsearch']) as CoreConfig['elasticsearch'],
});

function readVersion(root: string): string {
  const manifest: unknown = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const hasVersion = typeof manifest === 'object' && manifest !== null && 'version' in manifest;
  return hasVersion ? String(manifest.version) : '0.0.0';
}
