/** Characters that end or escape the address in a CSS `url()`. Data URLs may have them raw. */
const ENDS_CSS_URL = /[ \t\r\n\f"'()\\]/g;

/**
 * The data URL of a picture, safe inside of a CSS `url()`, as avatars use it. Otherwise the picture
 * of a space could add a second address, which every browser that shows the space would request
 * with the session of its user. Percent encoding does not change the content of a data URL.
 */
export function cssImageUrl(dataUrl: string): string {
  return dataUrl.replace(
    ENDS_CSS_URL,
    (character) => `%${character.charCodeAt(0).toString(16).padStart(2, '0')}`,
  );
}
