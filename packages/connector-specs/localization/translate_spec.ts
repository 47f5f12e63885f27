import { AUTH_TYPE_TRANSLATIONS } from '../auth_types/index.ts';
import type { ConnectorSpec } from '../contract/types.ts';
import { serializeConnectorSpec } from '../schema/index.ts';
import { type MapText, mapSpecTexts } from './map_spec_texts.ts';

type Translated = Pick<ConnectorSpec, 'translations'>;

/**
 * Translates the texts of a spec: its own translation wins over that of the auth types. A text
 * without translation stays in English.
 */
export const specTranslator =
  ({ translations }: Translated, language: keyof typeof AUTH_TYPE_TRANSLATIONS): MapText =>
  (text) => {
    const found = [translations?.[language], AUTH_TYPE_TRANSLATIONS[language]].find(
      (texts) => texts !== undefined && Object.hasOwn(texts, text),
    );
    return found?.[text] ?? text;
  };

/**
 * Compares the translations of a spec with its texts, for tests. The name of the type may stay as
 * it is, because most are proper names.
 * @returns one line for each problem
 */
export const translationProblems = (
  spec: ConnectorSpec,
  language: keyof typeof AUTH_TYPE_TRANSLATIONS,
): readonly string[] => {
  const own = spec.translations?.[language] ?? {};
  const texts = textsOf(spec);
  const known = { ...AUTH_TYPE_TRANSLATIONS[language], ...own };
  return [
    ...[...texts]
      .filter((text) => text !== spec.metadata.displayName && !Object.hasOwn(known, text))
      .map((text) => `not translated to ${language}: ${text}`),
    ...Object.keys(own)
      .filter((text) => !texts.has(text))
      .map((text) => `translated to ${language}, but not used: ${text}`),
  ];
};

/** All texts of a spec that users see, in English. */
export const textsOf = (spec: ConnectorSpec): ReadonlySet<string> => {
  const texts = new Set<string>();
  mapSpecTexts(serializeConnectorSpec(spec), (text) => {
    texts.add(text);
    return text;
  });
  return texts;
};
