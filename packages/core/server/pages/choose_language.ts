import { LANGUAGES, type Language } from '../../common/index.ts';

/** Language for users who have chosen none and whose browser asks for none of ours. */
const DEFAULT_LANGUAGE: Language = 'en';
/** Maximum languages of a header that are read. Browsers send fewer than ten. */
const MAX_RANGES = 20;

/**
 * Returns the language that a browser prefers (RFC 9110 §12.5.4). A language range matches by its
 * first part: `de-AT` gets `de`. The pseudo-locale is chosen only by its whole tag, which the web
 * app sends.
 * @param accepted the header `accept-language`
 */
export function chooseLanguage(accepted: string | undefined): Language {
  const ranges = (accepted ?? '')
    .split(',', MAX_RANGES)
    .map((range) => {
      // No pattern with `\s*` before another part is used: its time would be quadratic in the
      // spaces of a header that callers without a session can send.
      const [tag = '', weight] = range.toLowerCase().split(';');
      const name = tag.trim();
      return { tags: [name, name.split('-')[0]], weight: weightOf(weight) };
    })
    .filter(({ weight }) => weight > 0)
    .sort((a, b) => b.weight - a.weight);
  for (const { tags } of ranges) {
    const [exact, primary] = tags.map((tag) =>
      LANGUAGES.find((known) => known.toLowerCase() === tag),
    );
    const language = exact ?? primary;
    if (language !== undefined) return language;
  }
  return DEFAULT_LANGUAGE;
}

/**
 * Returns the weight of a text such as `q=0.8`. For any other text it is NaN, which is not above 0.
 */
function weightOf(text: string | undefined): number {
  if (text === undefined) return 1;
  const [name = '', value] = text.split('=');
  return name.trim() === 'q' ? Number(value) : Number.NaN;
}
