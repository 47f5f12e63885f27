import { ConnectorActionError } from '../contract/errors.ts';
import type { ActionContext } from '../contract/types.ts';
import { isHeaderValue } from '../http_headers/index.ts';
import { encodeSegment } from './route.ts';

/** Sources of the values in a base URL: config of the connector, and facts of the user's grant. */
export interface BaseUrlValues extends Pick<ActionContext, 'config'> {
  readonly grant?: Readonly<Record<string, string>>;
}

/**
 * URL that all paths of an API are below. A text is a template as in {@link resolveBaseUrl}. An
 * object has one template by auth type, for an API whose host depends on the credentials.
 */
export type BaseUrl = string | Readonly<Record<string, string>>;

/**
 * The base URL for the auth type of a connector.
 * @throws ConnectorActionError `invalid_input` for an auth type without a base URL
 */
export function baseUrlFor(
  baseUrl: BaseUrl,
  context: Pick<ActionContext, 'config' | 'grant' | 'secrets'>,
): string {
  if (typeof baseUrl === 'string') return resolveBaseUrl(baseUrl, context);
  const authType = String(context.secrets['authType'] ?? 'none');
  const template = Object.hasOwn(baseUrl, authType) ? baseUrl[authType] : undefined;
  if (template === undefined) {
    throw new ConnectorActionError(
      'invalid_input',
      `the API has no URL for the auth type [${authType}]`,
    );
  }
  return resolveBaseUrl(template, context);
}

const PLACEHOLDER = /\{(config|grant)\.(\w+)\}/g;
const LABEL = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/i;
const HOST = /^(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$/i;

/**
 * Returns the base URL of an API, without a slash at its end.
 * @param template may contain `{config.name}` and `{grant.name}`. At the start of the template such
 *   a value is a URL. After `https://` and at the end of the host it is a host name or a label.
 *   Elsewhere it is a label or a path segment
 * @throws ConnectorActionError `invalid_input` for a value that is missing or could change another
 *   part of the URL
 */
export function resolveBaseUrl(template: string, values: BaseUrlValues): string {
  if (!template.includes('{')) return template.replace(/(?<!\/)\/+$/, '');
  let text = '';
  let end = 0;
  for (const match of template.matchAll(PLACEHOLDER)) {
    const [placeholder, source = '', name = ''] = match;
    const value = (source === 'config' ? values.config : values.grant)?.[name];
    if (typeof value !== 'string' || value === '') return reject(source, name, 'is missing');
    const before = template.slice(0, match.index);
    text += template.slice(end, match.index) + valueAt(before, { source, name, value });
    end = match.index + placeholder.length;
  }
  text += template.slice(end);
  const url = URL.parse(text);
  const isPlain = url !== null && `${url.username}${url.password}${url.search}${url.hash}` === '';
  if (!isPlain || !/^https?:$/.test(url.protocol)) {
    throw new ConnectorActionError('invalid_input', 'the connector has no valid base URL');
  }
  return `${url.origin}${url.pathname}`.replace(/(?<!\/)\/+$/, '');
}

/**
 * A header with the values of its placeholders `{config.name}` and `{grant.name}`.
 * @throws ConnectorActionError `invalid_input` for a value that is missing, or contains a character
 *   that is not possible in a header
 */
export function resolveHeaderValue(template: string, values: BaseUrlValues): string {
  return template.replace(PLACEHOLDER, (_, source: string, name: string) => {
    const value = (source === 'config' ? values.config : values.grant)?.[name];
    if (typeof value !== 'string' || value === '') return reject(source, name, 'is missing');
    return isHeaderValue(value) ? value : reject(source, name, 'is not valid in a header');
  });
}

function valueAt(
  before: string,
  {
    source,
    name,
    value,
  }: { readonly source: string; readonly name: string; readonly value: string },
): string {
  if (before === '') return value.replace(/(?<!\/)\/+$/, '');
  // Before the first slash of the path, the value is part of the host.
  if (/^https:\/\/[^/]*$/.test(before)) {
    const isHost = LABEL.test(value) || (before === 'https://' && HOST.test(value));
    return isHost ? value : reject(source, name, 'is not valid in a host name');
  }
  return encodeSegment(name, value);
}

function reject(source: string, name: string, problem: string): never {
  const what = source === 'config' ? 'setting' : 'fact of the authorization';
  throw new ConnectorActionError('invalid_input', `the ${what} [${name}] ${problem}`);
}
