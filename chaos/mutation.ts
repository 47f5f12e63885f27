/** What may be switched off to see whether the harness notices. */
export const MUTATIONS = ['lease', 'cas', 'intent', 'generation', 'reread'] as const;
export type Mutation = (typeof MUTATIONS)[number];
