/** Makes text safe inside an element and inside a quoted attribute. Numeric references are understood in both, whatever quote surrounds them. */
export function escapeHtml(text: string): string {
  return text.replaceAll(/[&<>"'`]/g, (character) => `&#${character.charCodeAt(0)};`);
}
