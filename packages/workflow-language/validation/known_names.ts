import { didYouMean, similarName, suggestionFor } from '../values/suggestion.ts';

/**
 * A fault of a reference: it leads nowhere (an error, or a warning if the run continues with an
 * empty value), or it is easily misread (an info).
 */
export interface ReferenceFault {
  readonly message: string;
  /** Absent: an error. */
  readonly severity?: 'warning' | 'info';
}

/** Names that templates can read at the top level. */
export const ROOTS: ReadonlySet<string> = new Set([
  'consts',
  'context',
  'error',
  'event',
  'execution',
  'foreach',
  'inputs',
  'kibanaUrl',
  'metadata',
  'now',
  'output',
  'parent',
  'steps',
  'variables',
  'while',
  'workflow',
]);

/**
 * Message for brackets that begin an expression, such as `[]` and `["a"]`. Liquid takes the content
 * for the name of a variable.
 */
export const LIST_LITERAL =
  'Templates have no literal lists, so this has no value. Write the list below `consts`, and read the constant here.';

/** Message for a name that does not exist at the top level. */
export function unknownRoot(root: string, isInForeach = false): string {
  if (root === '??') return 'Liquid has no `??`. Write `| default: value`.';
  if (root === 'loop') return 'Nothing is called `loop` here. Inside `{% for %}`, write `forloop`.';
  const isMember = isInForeach && (root === 'item' || root === 'index');
  const hint = isMember ? ` Write \`foreach.${root}\`.` : suggestionFor(root, ROOTS);
  return `Nothing is called \`${root}\` here.${hint}`;
}

/** Fault of `error.status`, which has no value: an error has `type`, `message` and `details`. */
export const ERROR_STATUS: ReferenceFault = {
  message: 'An error has no `status`. Write `error.details.status`.',
  severity: 'warning',
};

/** Fault of `execution.workflow`, which authors write for `workflow`. */
export function workflowOfExecution(
  members: readonly (string | number | undefined)[],
): ReferenceFault {
  const written = ['workflow', ...members.filter((each) => each !== undefined)].join('.');
  return {
    message: `\`execution\` has no \`workflow\`. Write \`${written}\`.`,
    severity: 'warning',
  };
}

/** Names below a step that templates can read. */
export const STEP_STATE = [
  'output',
  'error',
  'item',
  'index',
  'items',
  'total',
  'iteration',
  'matchedValue',
  'matchedIndex',
];

/** Names below those top-level names that have the same members in every workflow. */
const MEMBERS: Readonly<Record<string, readonly string[]>> = {
  foreach: ['item', 'index', 'items', 'total'],
  while: ['iteration'],
  execution: [
    'id',
    'isTestRun',
    'startedAt',
    'url',
    'executedBy',
    'triggeredBy',
    'usage',
    'compositionDepth',
    'effectiveIdentity',
  ],
  workflow: ['id', 'name', 'enabled', 'spaceId', 'version'],
  parent: ['workflowId', 'executionId', 'depth', 'parentWorkflowId'],
};

/**
 * Fault of a name below `execution`, `workflow` and others that does not exist there. An error if
 * it is similar to a known name. Others are warnings, because they may belong to a newer version.
 */
export function unknownMember(root: string, name: unknown): ReferenceFault | undefined {
  const known = Object.hasOwn(MEMBERS, root) ? MEMBERS[root] : undefined;
  if (typeof name !== 'string' || known === undefined || known.includes(name)) return undefined;
  const fault = misspelt(name, known);
  if (fault !== undefined) return fault;
  const owner = ['execution', 'workflow'].find((each) => MEMBERS[each]?.includes(name));
  const hint = owner === undefined ? '' : ` Write \`${owner}.${name}\`.`;
  return {
    message: `\`${root}\` has no \`${name}\`, so this is empty.${hint}`,
    severity: 'warning',
  };
}

/**
 * Fault of a name below a step that is not part of its state.
 * @param members names after it
 * @param outputKeys keys of the output of the step, as far as they are known
 */
export function unknownState(
  state: string,
  members: readonly (string | number | undefined)[],
  outputKeys: readonly string[],
): ReferenceFault | undefined {
  if (STEP_STATE.includes(state)) return undefined;
  const [inner] = members;
  if (state === 'steps' && typeof inner === 'string') {
    const message = `A step has no \`steps\`: names are unique in a workflow. Write \`steps.${inner}\`.`;
    return { message, severity: 'warning' };
  }
  const fault = misspelt(state, STEP_STATE);
  if (fault !== undefined) return fault;
  const hint = outputKeys.includes(state) ? ` Write \`output.${state}\`.` : '';
  const message = `A step has \`output\` and \`error\`, but no \`${state}\`, so this is empty.${hint}`;
  return { message, severity: 'warning' };
}

/**
 * Fault of a name that is similar to a known name. Other unknown names may belong to a newer
 * version.
 */
export function misspelt(
  name: unknown,
  known: readonly string[] | undefined,
): ReferenceFault | undefined {
  if (typeof name !== 'string' || known === undefined || known.includes(name)) return undefined;
  const similar = similarName(name, known);
  if (similar === undefined) return undefined;
  return { message: `\`${name}\` does not exist here.${didYouMean(similar)}` };
}
