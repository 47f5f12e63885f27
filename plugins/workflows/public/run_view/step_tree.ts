import type { ScopeFrame, StepRun } from '../run_data/index.ts';

/** A step of a run with the steps that ran inside it. */
export interface StepNode {
  readonly kind: 'step';
  /** Id that is unique in the tree. */
  readonly id: string;
  readonly name: string;
  /**
   * Record of the step. An enclosing step has one even while it runs. `undefined`: the step has no
   * record yet, or it is a loop of a run by an older version, which wrote no records of loops.
   */
  readonly run: StepRun | undefined;
  /** Iterations, branches, cases, repetitions and fallbacks of the step. */
  readonly groups: readonly GroupNode[];
  readonly span: Span;
  readonly summary: Summary;
}

/** An iteration, branch, case, repetition or fallback of a step. */
export interface GroupNode {
  readonly kind: 'group';
  readonly id: string;
  readonly frame: ScopeFrame;
  readonly steps: readonly StepNode[];
  readonly span: Span;
  readonly summary: Summary;
}

/** Start of the first and end of the last step, in milliseconds since 1970. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/**
 * Numbers of steps inside a node, including the node itself. An enclosing step, such as a loop,
 * counts as failed only if it failed by itself.
 */
export interface Summary {
  readonly completed: number;
  readonly failed: number;
  readonly skipped: number;
  readonly running: number;
  readonly waiting: number;
  /** Number of steps that ended because the run was cancelled. */
  readonly cancelled: number;
}

/** A node of the tree while it is being built. */
interface Draft {
  run: StepRun | undefined;
  readonly groups: Map<string, { readonly frame: ScopeFrame; readonly steps: Map<string, Draft> }>;
}

/**
 * Builds the tree of the steps of a run: each step is below the iterations and branches in which it
 * ran. Steps are ordered by their start, groups of a step by their number.
 * @param now end of the bars of steps that have not ended, in milliseconds since 1970
 */
export function stepTree(runs: readonly StepRun[], now: number): readonly StepNode[] {
  const root = new Map<string, Draft>();
  for (const run of runs) {
    let steps = root;
    for (const frame of run.scopeStack) {
      const owner = draftOf(steps, frame.step);
      const key = `${frame.kind} ${frame.index}`;
      const group = owner.groups.get(key) ?? { frame, steps: new Map<string, Draft>() };
      owner.groups.set(key, group);
      steps = group.steps;
    }
    draftOf(steps, run.stepId).run = run;
  }
  return nodesOf(root, { prefix: '', now });
}

function draftOf(steps: Map<string, Draft>, name: string): Draft {
  const known = steps.get(name);
  if (known !== undefined) return known;
  const draft: Draft = { run: undefined, groups: new Map() };
  steps.set(name, draft);
  return draft;
}

function nodesOf(
  steps: ReadonlyMap<string, Draft>,
  { prefix, now }: { readonly prefix: string; readonly now: number },
): readonly StepNode[] {
  const nodes = [...steps].map(([name, { run, groups }]): StepNode => {
    const id = `${prefix}/${name}`;
    const inner = [...groups].map(([key, group]): GroupNode => {
      const children = nodesOf(group.steps, { prefix: `${id} ${key}`, now });
      return {
        kind: 'group',
        id: `${id} ${key}`,
        frame: group.frame,
        steps: children,
        span: spanOf(children.map(({ span }) => span)),
        summary: sumOf(children.map(({ summary }) => summary)),
      };
    });
    const own = run === undefined ? [] : [spanOfRun(run, now)];
    const isCounted = run !== undefined && isStepOfItsOwn(run, groups);
    return {
      kind: 'step',
      id,
      name,
      run,
      groups: inner.sort(byKindAndIndex),
      span: spanOf([...own, ...inner.map(({ span }) => span)]),
      summary: sumOf([
        ...(isCounted ? [summaryOf(run)] : []),
        ...inner.map((group) => group.summary),
      ]),
    };
  });
  return nodes.sort((a, b) => a.span.from - b.span.from);
}

function byKindAndIndex({ frame: a }: GroupNode, { frame: b }: GroupNode): number {
  if (a.kind === b.kind) return a.index - b.index;
  // The fallback of a step begins after its repetitions.
  return a.kind === 'fallback' ? 1 : b.kind === 'fallback' ? -1 : 0;
}

/**
 * Returns `true` if a record counts as a step of its own. Attempts and the fallback surround a step
 * that has its own result. A loop that failed by itself has an error; without an error, the run
 * ended inside the loop.
 */
function isStepOfItsOwn(
  { status, failedStepId, error }: StepRun,
  groups: Draft['groups'],
): boolean {
  if (status === 'failed' && failedStepId === undefined && error !== undefined) return true;
  return [...groups.values()].every(
    ({ frame: { kind } }) => kind === 'attempt' || kind === 'fallback',
  );
}

const spanOfRun = ({ startedAt, finishedAt }: StepRun, now: number): Span => ({
  from: Date.parse(startedAt),
  to: finishedAt === undefined ? now : Date.parse(finishedAt),
});

function spanOf(spans: readonly Span[]): Span {
  return spans.reduce((all, { from, to }) => ({
    from: Math.min(all.from, from),
    to: Math.max(all.to, to),
  }));
}

const summaryOf = ({ status }: StepRun): Summary => ({
  completed: status === 'completed' ? 1 : 0,
  failed: status === 'failed' || status === 'timed_out' ? 1 : 0,
  skipped: status === 'skipped' ? 1 : 0,
  running: status === 'running' ? 1 : 0,
  waiting: status.startsWith('waiting') ? 1 : 0,
  cancelled: status === 'cancelled' ? 1 : 0,
});

function sumOf(summaries: readonly Summary[]): Summary {
  return summaries.reduce((all, { completed, failed, skipped, running, waiting, cancelled }) => ({
    completed: all.completed + completed,
    failed: all.failed + failed,
    skipped: all.skipped + skipped,
    running: all.running + running,
    waiting: all.waiting + waiting,
    cancelled: all.cancelled + cancelled,
  }));
}

/** Offset and width of a bar, in percent of the available width. */
export interface BarPart {
  readonly start: number;
  readonly width: number;
}

/** Minimum width of a bar, in percent, so that it stays visible. */
const MIN_WIDTH = 0.5;

/** Computes the offset and width of the bar for a span within the time of the whole run. */
export function barPart({ from, to }: Span, whole: Span): BarPart {
  const total = Math.max(1, whole.to - whole.from);
  const start = Math.min(100 - MIN_WIDTH, Math.max(0, ((from - whole.from) / total) * 100));
  const width = Math.min(100 - start, Math.max(MIN_WIDTH, ((to - from) / total) * 100));
  return { start, width };
}
