/** An error response, thrown anywhere below a route. `message` is shown to the client. */
export class HttpError extends Error {
  override readonly name = 'HttpError';
  /** HTTP status from 400 to 599. */
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Becomes `attributes` of the error body, for example `{ code }`; `undefined`: none. */
  readonly attributes: Readonly<Record<string, unknown>> | undefined;

  constructor(
    statusCode: number,
    message: string,
    options: ErrorOptions & {
      readonly headers?: Readonly<Record<string, string>>;
      readonly attributes?: Readonly<Record<string, unknown>>;
    } = {},
  ) {
    super(message, options);
    this.statusCode = statusCode;
    this.headers = options.headers ?? {};
    this.attributes = options.attributes;
  }
}
