/**
 * Replaces url-parse in the web app. EUI uses it only to recognize `javascript:` links. The parser
 * of the browser recognizes exactly those that the browser would run.
 */
class ParsedUrl {
  /** With the colon, for example `https:`. Empty: not a URL. */
  readonly protocol: string;

  constructor(href: string) {
    this.protocol = URL.parse(href, 'https://relative.invalid')?.protocol ?? '';
  }
}

// biome-ignore lint/style/noDefaultExport: EUI imports the default export of url-parse.
export default ParsedUrl;
