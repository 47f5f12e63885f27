export { ConnectionChanges } from './connection_changes.ts';
export { createContract } from './create_contract.ts';
