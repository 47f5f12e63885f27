/**
 * The lifecycle step of a plugin that failed. Codes are public: new ones may be added, but none is
 * renamed.
 */
export type PluginErrorCode =
  | 'bad_manifest'
  | 'duplicate_plugin'
  | 'missing_dependency'
  | 'dependency_cycle'
  | 'load_failed'
  | 'setup_failed'
  | 'start_failed'
  | 'timeout';

/**
 * Error of a plugin that prevents the start of the server. The message names the plugin and the
 * reason.
 */
export class PluginError extends Error {
  override readonly name = 'PluginError';
  readonly code: PluginErrorCode;
  /** Id of the plugin. `undefined`: the manifest does not contain it. */
  readonly pluginId: string | undefined;

  constructor(
    code: PluginErrorCode,
    pluginId: string | undefined,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.code = code;
    this.pluginId = pluginId;
  }
}
