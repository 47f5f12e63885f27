// Every plugin and almost every test loads this file. It imports single files instead of the
// folders' index.ts, so that fastify, pino, prom-client and yaml load only where a server starts.
export { plainText } from '../common/index.ts';
export type { BootDataPart, BrowserSetup, FirstRequest, HomePage } from './browser/index.ts';
export {
  createLruCache,
  type LRUCache,
  ReadThroughCache,
  type ReadThroughCacheOptions,
} from './cache/index.ts';
export { KeyedQueue } from './concurrency/index.ts';
export { ConfigError } from './config/config_error.ts';
export type { ConfigDeprecation, ConfigSource, Environment } from './config/index.ts';
export { logAppender } from './config/log_appender.ts';
export { type Bounds, byteSize, durationMs } from './config/value_types.ts';
export { HttpError } from './http/http_error.ts';
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
export { networkOf, operatorNetworkOf, routingPrefixesOf } from './http/network_of.ts';
export { respond } from './http/respond.ts';
export { errorCodeOf } from './logging/error_code.ts';
export type {
  AppenderSettings,
  DedicatedLogger,
  DedicatedLoggerOptions,
  Logger,
  LoggingSetup,
  LogLevel,
  LogMeta,
} from './logging/index.ts';
export { LineLimiter } from './logging/line_limiter.ts';
export type { Counter, Histogram, MetricLabels, MetricsSetup } from './metrics/index.ts';
export {
  appearanceCookies,
  appearanceOf,
  chooseLanguage,
  type HtmlTexts,
  htmlTexts,
  type PageAppearance,
  type PageSettings,
  type RenderedPage,
  renderPage,
} from './pages/index.ts';
export type {
  CoreSetup,
  CoreStart,
  Plugin,
  PluginConfigDescriptor,
  PluginFactory,
  PluginInitializerContext,
  ServerEnvironment,
} from './plugins/index.ts';
export { PluginError, type PluginErrorCode } from './plugins/plugin_error.ts';
export type { ServiceStatus, StatusLevel, StatusSetup } from './status/index.ts';
export type { Clock, Randomness } from './time/index.ts';
export { systemClock, systemRandomness, untilOverdue } from './time/index.ts';
