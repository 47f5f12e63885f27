import { AUTH_TYPE_TRANSLATIONS } from '../auth_types/index.ts';
import type { ConnectorSpec } from '../contract/types.ts';
import { OPERATION_TRANSLATIONS } from '../operations/index.ts';
import { serializeConnectorSpec } from '../schema/index.ts';
import { type MapText, mapSpecTexts } from './map_spec_texts.ts';

type Translated = Pick<ConnectorSpec, 'translations'>;

/** Texts that a spec need not translate: those of auth types and of inputs that actions share. */
const sharedTexts = (language: keyof typeof AUTH_TYPE_TRANSLATIONS) => ({
  ...OPERATION_TRANSLATIONS[language],
  ...AUTH_TYPE_TRANSLATIONS[language],
});

/**
 * Translates the texts of a spec. A translation of the spec itself comes before a shared one. A
 * text without translation stays in English.
 */
export const specTranslator = (
  { translations }: Translated,
  language: keyof typeof AUTH_TYPE_TRANSLATIONS,
): MapText => {
  const known = new Map(Object.entries({ ...sharedTexts(language), ...translations?.[language] }));
  return (text) => known.get(text) ?? text;
};

/**
 * Compares the translations of a spec with its texts, for tests. The name of the type may stay
 * untranslated, because most are proper names.
 * @returns one line for each problem
 */
export const translationProblems = (
  spec: ConnectorSpec,
  language: keyof typeof AUTH_TYPE_TRANSLATIONS,
): readonly string[] => {
  const own = spec.translations?.[language] ?? {};
  const texts = textsOf(spec);
  const known = { ...sharedTexts(language), ...own };
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
