/** Calls of a vendor's SDK, and the action and input that must send the same requests. */
export interface RecordedCall {
  readonly action: string;
  readonly input: Readonly<Record<string, unknown>>;
  readonly call: () => Promise<unknown>;
}

/** A vendor's SDK that sends to another origin. */
export interface VendorSdk {
  /**
   * Calls of the SDK.
   * @param load imports an installed package by its name
   */
  readonly callsOf: (
    load: (name: string) => Promise<unknown>,
    origin: string,
  ) => Promise<readonly RecordedCall[]>;
  /** JSON that all requests get. */
  readonly response: object;
}
