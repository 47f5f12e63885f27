/**
 * Characters that would end or escape the address in a CSS `url()`. Data URLs may contain them
 * unencoded.
 */
const ENDS_CSS_URL = /[ \t\r\n\f"'()\\]/g;

/**
 * Encodes the data URL of a picture so that it is safe inside a CSS `url()`, which avatars use.
 * Otherwise, the picture of a space could contain a second address, which the browser of every user
 * who sees the space would request with the user's session. Percent-encoding does not change the
 * content of a data URL.
 */
export function cssImageUrl(dataUrl: string): string {
  return dataUrl.replace(
    ENDS_CSS_URL,
    (character) => `%${character.charCodeAt(0).toString(16).padStart(2, '0')}`,
  );
}
