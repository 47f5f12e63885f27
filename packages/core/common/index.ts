export {
  type BootData,
  bootData,
  LANGUAGE_CHOICES,
  LANGUAGES,
  type Language,
  type LanguageChoice,
  THEMES,
  type Theme,
} from './boot_data.ts';
export { ASSETS_PATH, readAsset, showHome, showShell, USER_HEADER } from './browser_routes.ts';
export { canOccur, type DayRule } from './can_occur.ts';
export {
  type DescribedBody,
  type DocumentedResponse,
  defineRoute,
  type HttpMethod,
  type ReadonlyDeep,
  type ResponseInput,
  type ResponseOutput,
  type Route,
  type RouteBody,
  type RouteInput,
  type RouteParams,
  type RouteQuery,
  type RouteStatus,
} from './define_route.ts';
export { type ErrorBody, errorBody } from './error_body.ts';
export { escapeHtml } from './escape_html.ts';
export {
  type LocalizedText,
  localize,
  type TextLanguage,
  type TextValues,
} from './localized_text.ts';
export { isPlainText, optionalPlainText, plainText } from './plain_text.ts';
export { pseudoLocalize } from './pseudo_locale.ts';
export { DEFAULT_SPACE_ID, fillPath, inSpace, UNKNOWN_SPACE_HEADER } from './route_path.ts';
export { SESSION_CHANNEL } from './session_channel.ts';
export { SHELL_PAGE } from './shell_page.ts';
export {
  readFavicon,
  readMetrics,
  readOpenApi,
  readPageStyle,
  readStatus,
} from './system_routes.ts';
export { isTimeZone } from './time_zone.ts';
