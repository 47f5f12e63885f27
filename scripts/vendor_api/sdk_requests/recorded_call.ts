/** A call of a vendor's SDK, and the action and input that must send the same request. */
export interface RecordedCall {
  readonly action: string;
  readonly input: Readonly<Record<string, unknown>>;
  readonly call: () => Promise<unknown>;
}
