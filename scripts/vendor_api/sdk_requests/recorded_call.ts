/** A call of a vendor's SDK, with the action and the input that must send the same requests. */
export interface RecordedCall {
  readonly action: string;
  readonly input: Readonly<Record<string, unknown>>;
  readonly call: () => Promise<unknown>;
}

/** A vendor's SDK that sends its requests to a server on this machine. */
export interface VendorSdk {
  /**
   * Returns the calls to record.
   * @param load imports an installed package by its name
   * @param origin origin that receives the requests
   */
  readonly callsOf: (
    load: (name: string) => Promise<unknown>,
    origin: string,
  ) => Promise<readonly RecordedCall[]>;
  /** JSON body of the response to every request. */
  readonly response: object;
}
