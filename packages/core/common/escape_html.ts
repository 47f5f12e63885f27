/**
 * Escapes text for use inside an element or a quoted attribute. Numeric references work in both,
 * whichever quote surrounds them.
 */
export function escapeHtml(text: string): string {
  return text.replaceAll(/[&<>"'`]/g, (character) => `&#${character.charCodeAt(0)};`);
}
