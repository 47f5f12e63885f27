/** Safeguards that can be disabled, to test that the harness notices. */
export const MUTATIONS = ['lease', 'cas', 'intent', 'generation', 'reread'] as const;
export type Mutation = (typeof MUTATIONS)[number];
