/**
 * Escapes text for use inside an element or a quoted attribute. It uses numeric references, which
 * are valid in both, whichever quote surrounds the text.
 */
export function escapeHtml(text: string): string {
  return text.replaceAll(/[&<>"'`]/g, (character) => `&#${character.charCodeAt(0)};`);
}
