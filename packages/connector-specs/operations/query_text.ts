/**
 * The query of a URL, without a question mark. A space becomes `%20`: `+` means a space only in a
 * form, and APIs that follow RFC 3986, for example those with OData, may read it as a plus sign.
 */
export const queryText = (parameters: URLSearchParams): string =>
  // A plus sign in a value is `%2B` here, so each `+` stands for a space.
  parameters.toString().replaceAll('+', '%20');
