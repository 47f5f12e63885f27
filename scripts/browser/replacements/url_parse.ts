/**
 * Replaces url-parse in the web app. EUI uses it only to recognize `javascript:` links. The parser
 * of the browser recognizes exactly those links that the browser would run.
 */
class ParsedUrl {
  /** Protocol with its colon, for example `https:`. Empty: the text is not a URL. */
  readonly protocol: string;

  constructor(href: string) {
    this.protocol = URL.parse(href, 'https://relative.invalid')?.protocol ?? '';
  }
}

// biome-ignore lint/style/noDefaultExport: EUI imports the default export of url-parse.
export default ParsedUrl;
