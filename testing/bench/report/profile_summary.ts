import { z } from 'zod';

/** Schema of the parts of a `.cpuprofile` that are read here. */
const cpuProfile = z.object({
  nodes: z.array(
    z.object({
      id: z.number(),
      callFrame: z.object({
        functionName: z.string(),
        url: z.string(),
        lineNumber: z.number(),
      }),
      children: z.array(z.number()).optional(),
    }),
  ),
  samples: z.array(z.number()),
  timeDeltas: z.array(z.number()),
});
type Profile = z.infer<typeof cpuProfile>;
type Frame = Profile['nodes'][number]['callFrame'];

const MAX_LINES = 30;

/**
 * Summarizes the busy time of a CPU profile: by package of the running code, and by function
 * including its callees.
 * @throws ZodError
 */
export function summarizeProfile(profile: unknown): string {
  const { nodes, samples, timeDeltas } = cpuProfile.parse(profile);
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const parents = new Map(
    nodes.flatMap((node) => (node.children ?? []).map((child) => [child, node.id] as const)),
  );
  const ownByPlace = new Map<string, number>();
  const totalByFunction = new Map<string, number>();
  let busy = 0;
  samples.forEach((id, index) => {
    const frame = byId.get(id)?.callFrame;
    const micros = timeDeltas[index] ?? 0;
    if (frame === undefined || frame.functionName === '(idle)') return;
    busy += micros;
    add(ownByPlace, placeOf(frame), micros);
    const seen = new Set<string>();
    for (let at: number | undefined = id; at !== undefined; at = parents.get(at)) {
      const ancestor = byId.get(at)?.callFrame;
      if (ancestor !== undefined) seen.add(nameOf(ancestor));
    }
    for (const name of seen) add(totalByFunction, name, micros);
  });
  const ours = [...totalByFunction].filter(([name]) => / (packages|plugins)\//.test(name));
  return [
    'own time by place',
    ...lines(ownByPlace, busy),
    '',
    'time with callees, our functions',
    ...lines(new Map(ours), busy),
  ].join('\n');
}

function lines(times: ReadonlyMap<string, number>, busy: number): string[] {
  return [...times]
    .sort(([, a], [, b]) => b - a)
    .slice(0, MAX_LINES)
    .map(([name, micros]) => `${((micros / busy) * 100).toFixed(1).padStart(5)} %  ${name}`);
}

function add(times: Map<string, number>, key: string, micros: number): void {
  times.set(key, (times.get(key) ?? 0) + micros);
}

function pathOf({ url }: Frame): string {
  const path = url.replace(/^file:\/\//, '');
  return /(?:node_modules|packages|plugins|scripts)\/.*$/.exec(path)?.[0] ?? path;
}

/**
 * Returns the place of a function: a workspace package, a dependency, a module of Node, or the
 * engine.
 */
function placeOf(frame: Frame): string {
  const path = pathOf(frame);
  if (path === '') return `engine: ${frame.functionName}`;
  if (path.startsWith('node:')) return path;
  const dependency = /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1];
  if (dependency !== undefined) return dependency;
  return path.split('/').slice(0, 4).join('/');
}

function nameOf(frame: Frame): string {
  return `${frame.functionName || '(anonymous)'} ${pathOf(frame)}:${frame.lineNumber + 1}`;
}
