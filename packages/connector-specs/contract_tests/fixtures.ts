import type { ReceivedRequest, ServiceResponse } from './local_service.ts';

/** What the contract tests need to know of a connector beyond its spec; default-able in every part. */
export interface ContractFixtures {
  /** Default: the smallest the schema accepts. */
  readonly config?: Readonly<Record<string, unknown>>;
  /** The vendor. Default: `200 {}` to everything. */
  readonly response?: (request: ReceivedRequest) => ServiceResponse;
  /** Inputs per action in place of generated ones, where fields depend on each other. */
  readonly inputs?: Readonly<Record<string, readonly unknown[]>>;
}
