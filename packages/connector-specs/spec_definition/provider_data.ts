import { type ProviderData, providerDataSchema } from '@latchkey/oauth-providers';
import { z } from 'zod';
import type { ConnectorSpec } from '../contract/types.ts';
import { setMeta } from '../ui_metadata/index.ts';

const MAX_LENGTH = 20_000;
/** Maximum number of problems of a text that a form shows at the same time. */
const MAX_PROBLEMS = 5;

/** Auth types for which an administrator can enter facts of the OAuth provider. */
const OAUTH_TYPES = [
  'oauth_authorization_code',
  'oauth_client_credentials',
  'oauth_client_credentials_private_key_jwt',
] as const;

/** Config field for facts of an OAuth provider, as JSON in the form of `providerDataSchema`. */
export const providerData = () =>
  setMeta(
    z
      .string()
      .max(MAX_LENGTH)
      .superRefine((text, context) => {
        for (const message of problemsOf(text).slice(0, MAX_PROBLEMS)) {
          context.addIssue({ code: 'custom', message });
        }
      }),
    {
      label: 'Provider data',
      section: 'advanced',
      widget: 'json',
      shownIf: { field: 'authType', equals: OAUTH_TYPES },
      helpText:
        'JSON with what is special about the OAuth provider, for example {"token": {"format": "json"}}. The documentation lists all members.',
    },
  ).nullish();

/**
 * The facts that an administrator entered for the provider of a connector. `undefined`: the type
 * has no such field, the field is empty, or its text is no longer valid.
 */
export function providerDataOf(
  spec: Pick<ConnectorSpec, 'providerDataField'>,
  config: Readonly<Record<string, unknown>>,
): ProviderData | undefined {
  const { providerDataField: name } = spec;
  const text = name === undefined ? undefined : config[name];
  if (typeof text !== 'string' || text.trim() === '') return undefined;
  const known = parsed.get(config);
  if (known?.text === text) return known.data;
  const data = providerDataSchema.safeParse(parseJson(text)).data;
  parsed.set(config, { text, data });
  return data;
}

/** Parsed texts by config. They are kept because each execution needs the facts. */
const parsed = new WeakMap<
  object,
  { readonly text: string; readonly data: ProviderData | undefined }
>();

function problemsOf(text: string): readonly string[] {
  if (text.trim() === '') return [];
  const value = parseJson(text);
  if (value === undefined) return ['is not valid JSON'];
  const issues = providerDataSchema.safeParse(value).error?.issues ?? [];
  return issues.map((issue) => {
    const { path } = issue;
    // The issue of a name says only that it is invalid, and contains the issue that tells why.
    const { message } = (issue.code === 'invalid_key' && issue.issues[0]) || issue;
    return path.length === 0 ? message : `${path.join('.')}: ${message}`;
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
