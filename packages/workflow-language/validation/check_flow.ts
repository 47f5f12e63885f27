import { templateForm } from '../templates/template_form.ts';
import { ownProperty } from '../values/read_path.ts';
import type { Findings } from './diagnostic.ts';
import { flattenSteps, type StepNode } from './step_tree.ts';

/** List of the steps that run after a step has failed. */
const FALLBACK = 'on-failure.fallback';
const LOOPS = new Set(['foreach', 'while']);

/** Checks rules for loops and branches that a schema cannot express. */
export function checkFlow(node: StepNode, findings: Findings): void {
  checkItems(node, findings);
  switch (node.stepType?.type) {
    case 'loop.break':
    case 'loop.continue':
      checkInLoop(node, findings);
      break;
    case 'parallel':
      checkParallel(node, findings);
      break;
    default:
      break;
  }
}

/**
 * Checks that a step such as `loop.break` is in a loop. The loop must be inside the same branch,
 * because a branch cannot end a loop around all branches.
 */
function checkInLoop(node: StepNode, findings: Findings): void {
  const path = [...node.path, 'type'];
  let child = node;
  for (let parent = node.parent; parent !== undefined; child = parent, parent = parent.parent) {
    // An outer step without a valid type may be intended as a loop.
    if (parent.stepType === undefined) return;
    // The steps of a fallback run when the loop or the branches have ended.
    if (child.listKey === FALLBACK) continue;
    const { type } = parent.stepType;
    if (LOOPS.has(type)) return;
    if (type === 'parallel') {
      const message = `\`${node.stepType?.type}\` cannot leave a branch of \`parallel\`. Put the loop inside of the branch.`;
      findings.error('graphBuildError', { path, message });
      return;
    }
  }
  const message = `\`${node.stepType?.type}\` must be inside of a loop.`;
  findings.error('graphBuildError', { path, message });
}

/**
 * Checks the list of a loop. A text without a template must be a list as JSON, or a path of the
 * context.
 */
function checkItems({ step, path }: StepNode, findings: Findings): void {
  const items = ownProperty(step, 'foreach');
  if (typeof items !== 'string' || templateForm(items).kind !== 'plain') return;
  const isPath = /^[\w-]+(?:\.[\w-]+|\[\d+\])+$/.test(items.trim());
  if (isPath || Array.isArray(parsedJson(items))) return;
  findings.warning('invalidForeachParameter', {
    path: [...path, 'foreach'],
    message: 'This is not a list. Write a list, or a template such as `{{ inputs.list }}`.',
  });
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function checkParallel(node: StepNode, findings: Findings): void {
  const { step, path } = node;
  const branches = ownProperty(step, 'branches');
  const hasForeach = ownProperty(step, 'foreach') !== undefined;
  const hasSteps = ownProperty(step, 'steps') !== undefined;
  if (branches === undefined ? !(hasForeach && hasSteps) : hasForeach || hasSteps) {
    const message = '`parallel` has either `branches` or both `foreach` and `steps`.';
    findings.error('schemaViolation', { path, message });
  }
  const mode = ownProperty(step, 'mode');
  if (mode !== undefined && mode !== 'fail-fast' && mode !== 'settled') {
    const message = 'Expected `fail-fast` or `settled`.';
    findings.error('invalidParallelMode', { path: [...path, 'mode'], message });
  }
  const foreach = ownProperty(step, 'foreach');
  const isPlain = typeof foreach === 'string' && templateForm(foreach).kind === 'plain';
  const literal = isPlain ? parsedJson(foreach) : undefined;
  const items = Array.isArray(literal) ? literal : foreach;
  if (typeof items === 'string' && ownProperty(step, 'concurrency') === undefined) {
    const message =
      'Set `concurrency`: the list may be long. Without it, 5 branches run at a time.';
    findings.warning('unboundedParallelFanOut', { path: [...path, 'foreach'], message });
  }
  if (Array.isArray(items) && items.length > 100) {
    const message = `The list has ${items.length} members; at most 100 branches run, so the step fails.`;
    findings.warning('parallelFanOutExceedsLimit', { path: [...path, 'foreach'], message });
  }
  checkBranchNames(branches, path, findings);
  const inBranches = node.children.filter(({ listKey }) => listKey !== FALLBACK);
  for (const child of flattenSteps(inBranches)) {
    const type = child.stepType?.type;
    if (type !== 'waitForInput' && type !== 'waitForApproval') continue;
    const message = `\`${type}\` cannot wait for a user inside of \`parallel\`.`;
    findings.error('graphBuildError', { path: [...child.path, 'type'], message });
  }
}

function checkBranchNames(branches: unknown, path: StepNode['path'], findings: Findings): void {
  const seen = new Set<unknown>();
  for (const [index, branch] of (Array.isArray(branches) ? branches : []).entries()) {
    const name = ownProperty(branch, 'name');
    if (name !== undefined && seen.has(name)) {
      const message = `Another branch is called \`${String(name)}\`.`;
      findings.error('schemaViolation', { path: [...path, 'branches', index, 'name'], message });
    }
    seen.add(name);
  }
}
