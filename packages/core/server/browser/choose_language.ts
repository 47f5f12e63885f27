import { LANGUAGES, type Language } from '../../common/index.ts';

/** Language of users who have chosen none and whose browser asks for none that exists. */
const DEFAULT_LANGUAGE: Language = 'en';
/** Limits the work for an overlong header. Browsers send fewer than ten languages. */
const MAX_RANGES = 20;

/**
 * The language that a browser prefers (RFC 9110 §12.5.4). A range matches by its first part:
 * `de-AT` gets `de`. The pseudo-locale is never chosen.
 * @param accepted the header `accept-language`
 */
export function chooseLanguage(accepted: string | undefined): Language {
  const ranges = (accepted ?? '')
    .split(',', MAX_RANGES)
    .map((range) => {
      const [tag = '', weight] = range.trim().split(/\s*;\s*q=/i);
      return { primary: tag.toLowerCase().split('-')[0], weight: Number(weight ?? 1) };
    })
    .filter(({ weight }) => weight > 0)
    .sort((a, b) => b.weight - a.weight);
  for (const { primary } of ranges) {
    const language = LANGUAGES.find((known) => known === primary);
    if (language !== undefined) return language;
  }
  return DEFAULT_LANGUAGE;
}
