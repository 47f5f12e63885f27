/** Which step of a plugin's life failed. Codes are public: added, never renamed. */
export type PluginErrorCode =
  | 'bad_manifest'
  | 'duplicate_plugin'
  | 'missing_dependency'
  | 'dependency_cycle'
  | 'load_failed'
  | 'setup_failed'
  | 'start_failed'
  | 'timeout';

/** A plugin that keeps the server from starting. The message names the plugin and the reason. */
export class PluginError extends Error {
  override readonly name = 'PluginError';
  readonly code: PluginErrorCode;
  /** `undefined` when the manifest does not tell. */
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
