export type { ConfigDeprecation } from './apply_deprecations.ts';
export { ConfigError, type ConfigProblem } from './config_error.ts';
export { ConfigText, type Environment } from './config_text.ts';
export {
  type CoreConfig,
  coreSchemas,
  effectivePublicBaseUrl,
  type LoggingConfig,
  type PathConfig,
  type ServerConfig,
  type UiSettingsConfig,
} from './core_config.ts';
export {
  type ConfigSource,
  configFilesFor,
  loadConfigFile,
  parseSetting,
} from './load_sources.ts';
export { type ConfigSection, type ParsedConfig, parseConfig } from './parse_config.ts';
export { type Bounds, byteSize, durationMs } from './value_types.ts';
