export { plainText } from '../common/index.ts';
export {
  createLruCache,
  type LRUCache,
  ReadThroughCache,
  type ReadThroughCacheOptions,
} from './cache/index.ts';
export {
  type Bounds,
  byteSize,
  type ConfigDeprecation,
  ConfigError,
  type ConfigSource,
  configFilesFor,
  durationMs,
  type Environment,
  logAppender,
  parseSetting,
} from './config/index.ts';
export type {
  AuthenticatedUser,
  AuthenticationRequest,
  AuthenticationResult,
  AuthenticationType,
  CookieToSet,
  ErrorMapper,
  ErrorPage,
  HttpSetup,
  MappedError,
  Principal,
  ResponseOf,
  RouteHandler,
  RouteResponse,
  Router,
  RouterOptions,
  ServerRequest,
  UrlBuilder,
} from './http/index.ts';
export {
  HttpError,
  networkOf,
  operatorNetworkOf,
  respond,
  routingPrefixesOf,
} from './http/index.ts';
export { createServer, runServer, type Server, type ServerOptions } from './lifecycle/index.ts';
export type {
  AppenderSettings,
  DedicatedLogger,
  DedicatedLoggerOptions,
  Logger,
  LoggingSetup,
  LogLevel,
  LogMeta,
} from './logging/index.ts';
export { LineLimiter } from './logging/index.ts';
export type { Counter, Histogram, MetricLabels, MetricsSetup } from './metrics/index.ts';
export type {
  CoreSetup,
  CoreStart,
  Plugin,
  PluginConfigDescriptor,
  PluginFactory,
  PluginInitializerContext,
  ServerEnvironment,
} from './plugins/index.ts';
export { PluginError, type PluginErrorCode } from './plugins/index.ts';
export type { ServiceStatus, StatusLevel, StatusSetup } from './status/index.ts';
export type { Clock, Randomness } from './time/index.ts';
export { systemClock, systemRandomness } from './time/index.ts';
