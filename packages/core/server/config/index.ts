export type { ConfigDeprecation } from './apply_deprecations.ts';
export { authenticationProblems } from './authentication_settings.ts';
export { ConfigError } from './config_error.ts';
export type { Environment } from './config_text.ts';
export {
  type CoreConfig,
  coreSchemas,
  effectivePublicBaseUrl,
  type ServerConfig,
} from './core_config.ts';
export type { ElasticsearchConfig } from './elasticsearch_config.ts';
export {
  type ConfigSource,
  configFilesFor,
  loadConfigFile,
  parseSetting,
} from './load_sources.ts';
export { modeProblems } from './mode_rules.ts';
export { type ParsedConfig, parseConfig, parseSectionAhead } from './parse_config.ts';
