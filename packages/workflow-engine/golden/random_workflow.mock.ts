import fc from 'fast-check';

type Step = Readonly<Record<string, unknown>>;
/** Creates the steps of a part of a workflow. Names are assigned in the order of the document. */
type Part = (names: Names) => readonly Step[];

/** Facts about a place in a random workflow, and a source of step names. */
interface Names {
  readonly next: () => string;
  /**
   * `true`: no step may end the run here, because the branch that would do it first depends on
   * timing.
   */
  readonly isInBranch: boolean;
  /** `true`: the member of a list can be read here. */
  readonly isInList: boolean;
}

const COUNT = { v: `\${{ variables.v | plus: 1 }}` };
const INPUT = { v: '{{ variables.v }}', error: '{{ error.type }}' };

const policy = fc.constantFrom<(names: Names) => Step>(
  () => ({}),
  () => ({ 'on-failure': { continue: true } }),
  () => ({ 'on-failure': { retry: { 'max-attempts': 1 }, continue: 'error.type : X' } }),
  () => ({ 'on-failure': { retry: { 'max-attempts': 2, delay: '1h' } } }),
  (names) => ({
    'on-failure': {
      retry: { 'max-attempts': 1, delay: '2s', condition: `\${{ variables.v != 3 }}` },
      fallback: [call(names, 'files.list'), { name: names.next(), type: 'data.set', with: COUNT }],
      continue: true,
    },
  }),
);

function call({ next, isInList }: Names, type: string): Step {
  const input = isInList ? { ...INPUT, item: '{{ foreach.item }}' } : INPUT;
  return { name: next(), type, 'connector-id': 'c1', with: input };
}

/**
 * A random workflow as JSON, which is also YAML. The result of the workflow does not depend on
 * time.
 * @param written keys of calls that change something
 */
export function randomWorkflow(written: Step): fc.Arbitrary<string> {
  const calls = fc
    .tuple(
      fc.boolean(),
      policy,
      fc.constantFrom<Step>({}, {}, { foreach: [0, 1] }, { if: 'variables.v > 1' }),
    )
    .map(
      ([reads, onFailure, more]): Part =>
        (outer) => {
          const names = 'foreach' in more ? { ...outer, isInList: true } : outer;
          return [
            {
              ...(reads
                ? call(names, 'files.list')
                : { ...call(names, 'files.create'), ...written }),
              ...onFailure(names),
              ...more,
            },
          ];
        },
    );
  const leaf = fc.oneof(
    calls,
    fc.constant<Part>(({ next }) => [{ name: next(), type: 'data.set', with: COUNT }]),
    fc.constantFrom('2s', '1h').map(
      (duration): Part =>
        ({ next }) => [{ name: next(), type: 'wait', with: { duration } }],
    ),
    fc.constant<Part>(({ next, isInBranch }) =>
      isInBranch
        ? []
        : [{ name: next(), type: 'workflow.output', if: 'variables.v > 4', with: COUNT }],
    ),
  );
  const { block } = fc.letrec<{ block: Part; flow: Part }>((tie) => ({
    block: fc
      .array(fc.oneof({ depthSize: 'small', withCrossShrink: true }, leaf, tie('flow')), {
        minLength: 1,
        maxLength: 3,
      })
      .map(
        (parts): Part =>
          (names) => {
            const steps = parts.flatMap((part) => part(names));
            return steps.length > 0
              ? steps
              : [{ name: names.next(), type: 'data.set', with: COUNT }];
          },
      ),
    flow: fc
      .tuple(
        fc.constantFrom('if', 'switch', 'foreach', 'while', 'branches', 'members'),
        tie('block'),
        tie('block'),
        policy,
        fc.boolean(),
      )
      .map(
        ([kind, one, other, onFailure, flag]): Part =>
          (names) => [{ ...flowOf(kind, { one, other, flag }, names), ...onFailure(names) }],
      ),
  }));
  return block.map((part) => {
    let count = 0;
    const next = () => {
      count += 1;
      return `s${count}`;
    };
    const steps = [{ name: 'begin', type: 'data.set', with: { v: 0 } }];
    const all = [...steps, ...part({ next, isInBranch: false, isInList: false })];
    return JSON.stringify({ name: 'random', triggers: [{ type: 'manual' }], steps: all });
  });
}

interface Inner {
  readonly one: Part;
  readonly other: Part;
  readonly flag: boolean;
}

function flowOf(kind: string, { one, other, flag }: Inner, names: Names): Step {
  const name = names.next();
  const failing = flag ? { 'iteration-on-failure': { continue: true } } : {};
  const inBranch = { ...names, isInBranch: true };
  switch (kind) {
    case 'if':
      return {
        name,
        type: 'if',
        condition: 'variables.v > 2',
        steps: one(names),
        else: other(names),
      };
    case 'switch':
      return {
        name,
        type: 'switch',
        expression: '{{ variables.v }}',
        cases: [{ match: 2, steps: one(names) }],
        default: other(names),
      };
    case 'foreach': {
      const stop = { name: names.next(), type: 'loop.break', if: 'variables.v > 3' };
      const members = { ...names, isInList: true };
      const steps = flag ? [stop, ...one(members)] : one(members);
      return { name, type: 'foreach', foreach: ['a', 0], steps, ...failing };
    }
    case 'while':
      return {
        name,
        type: 'while',
        condition: 'variables.v < 4',
        'max-iterations': 2,
        steps: one(names),
        ...failing,
      };
    case 'branches':
      return {
        name,
        type: 'parallel',
        mode: flag ? 'settled' : 'fail-fast',
        branches: [
          { name: 'a', steps: one(inBranch) },
          { name: 'b', steps: other(inBranch) },
        ],
      };
    default:
      return {
        name,
        type: 'parallel',
        mode: flag ? 'settled' : 'fail-fast',
        foreach: [1, 2],
        steps: one({ ...inBranch, isInList: true }),
      };
  }
}
