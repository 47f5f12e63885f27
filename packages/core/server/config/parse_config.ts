import { deepFreeze } from '@latchkey/saved-objects';
import type { ZodType, z } from 'zod';
import { applyDeprecations, type ConfigDeprecation } from './apply_deprecations.ts';
import { entriesOf } from './config_entries.ts';
import { ConfigError, type ConfigProblem } from './config_error.ts';
import { type ConfigBranch, mergeTrees, nodeAt, sourceAt, toPlain } from './config_node.ts';
import { type ConfigShape, kindOf, pathsOf, placeShape, shapeAt, shapeOf } from './config_shape.ts';
import { ConfigText, type Environment, substituteDeep } from './config_text.ts';
import { describeConfigIssue } from './describe_config_issue.ts';
import { environmentSettings } from './environment_settings.ts';
import { type IgnoredSetting, isKibanaSetting, kibanaSettings } from './kibana_settings.ts';
import type { ConfigSource } from './load_sources.ts';
import { readSettings } from './read_settings.ts';
import { suggestKey } from './suggest_key.ts';

/** A part of the configuration that belongs to one owner: core or a plugin. */
export interface ConfigSection {
  /** Path of the section, for example `['xpack', 'actions']`. */
  readonly path: readonly string[];
  readonly schema: ZodType;
  readonly deprecations?: readonly ConfigDeprecation[];
}

/** The valid configuration of the server. */
export interface ParsedConfig {
  /**
   * Returns the frozen value of a section.
   * @throws Error when there is no such section
   */
  get(path: readonly string[]): unknown;
  /**
   * Warnings about old keys, and about settings of Kibana that have no effect. Log each of them
   * once.
   */
  readonly warnings: readonly string[];
  /** Settings of Kibana without effect, in the order of the sources. */
  readonly ignored: readonly IgnoredSetting[];
}

/**
 * Reads all sources with the schemas of all sections.
 * @throws ConfigError with all problems in one message
 */
export function parseConfig(options: {
  readonly sections: readonly ConfigSection[];
  /** A later source overrides an earlier one. */
  readonly sources: readonly ConfigSource[];
  readonly environment: Environment;
}): ParsedConfig {
  const { sections, sources, environment } = options;
  const shape = combineShapes(sections);
  const problems: ConfigProblem[] = [];
  const deprecations = sections.flatMap((section) => section.deprecations ?? []);
  const warnings = new Set<string>();
  const ignored: IgnoredSetting[] = [];
  const tree: ConfigBranch = new Map();
  for (const source of [...sources, ...environmentSettings(shape, environment)]) {
    const read = readSettings(shape, source.settings, {
      source: source.name,
      environment,
      problems,
      unknownKey: (path, _source, value) => {
        const { known, unknown } = splitByKibana(path, value);
        for (const [key, given] of known) {
          warnings.add(withoutEffect(key, source.name));
          const read = substituteDeep(given, environment);
          const resolved = 'missing' in read ? undefined : read.value;
          ignored.push({ path: key, source: source.name, value: resolved });
        }
        for (const key of unknown) problems.push(unknownKey(key, source.name, shape));
      },
    });
    // Deprecations are applied to each source, so that an old key in a later file overrides its new
    // name in an earlier one.
    for (const warning of applyDeprecations(read, deprecations, problems)) warnings.add(warning);
    mergeTrees(tree, read);
  }
  const values = new Map<string, unknown>();
  for (const section of sections) {
    values.set(section.path.join('.'), parseSection(section, tree, shape, problems));
  }
  if (problems.length > 0) throw new ConfigError(withoutConsequentialProblems(problems));
  return { get: (path) => pick(values, path.join('.')), warnings: [...warnings], ignored };
}

/**
 * Reads one section before the other sections are known. Keys outside the section are ignored;
 * {@link parseConfig} reports them later.
 * @throws ConfigError with all problems of the section
 */
export function parseSectionAhead(options: {
  readonly section: ConfigSection;
  /** A later source overrides an earlier one. */
  readonly sources: readonly ConfigSource[];
  readonly environment: Environment;
}): unknown {
  const { section, sources, environment } = options;
  const shape = combineShapes([section]);
  const found: ConfigProblem[] = [];
  const tree: ConfigBranch = new Map();
  for (const source of [...sources, ...environmentSettings(shape, environment)]) {
    const reading = {
      source: source.name,
      environment,
      problems: found,
      unknownKey: () => undefined,
    };
    mergeTrees(tree, readSettings(shape, source.settings, reading));
  }
  const value = parseSection(section, tree, shape, found);
  const prefix = section.path.join('.');
  const problems = withoutConsequentialProblems(found).filter(({ path }) =>
    `${path}.`.startsWith(`${prefix}.`),
  );
  if (problems.length > 0) throw new ConfigError(problems);
  return value;
}

/** Returns one shape for all sections. It contains old and new keys. */
function combineShapes(sections: readonly ConfigSection[]): ConfigShape {
  let shape: ConfigShape = { type: 'object', keys: new Map(), isStrict: true };
  const place = (path: string, placed: ConfigShape): void => {
    try {
      shape = placeShape(shape, path.split('.'), placed);
    } catch (error) {
      throw new Error(`The setting [${path}] is declared twice`, { cause: error });
    }
  };
  for (const section of sections) place(section.path.join('.'), shapeOf(section.schema));
  for (const { from, to } of sections.flatMap((section) => section.deprecations ?? [])) {
    const anything: ConfigShape = { type: 'leaf', kinds: new Set(['string']) };
    place(from, (to === undefined ? undefined : shapeAt(shape, to.split('.'))) ?? anything);
  }
  return shape;
}

function parseSection(
  section: ConfigSection,
  tree: ConfigBranch,
  shape: ConfigShape,
  problems: ConfigProblem[],
): unknown {
  const given = toPlain(nodeAt(tree, section.path)) ?? {};
  const result = section.schema.safeParse(given);
  if (result.success) return deepFreeze(result.data);
  for (const issue of result.error.issues) {
    problems.push(...fromIssue(issue, section, tree, shape));
  }
  return undefined;
}

function fromIssue(
  issue: z.core.$ZodIssue,
  section: ConfigSection,
  tree: ConfigBranch,
  shape: ConfigShape,
): ConfigProblem[] {
  const path = [...section.path, ...issue.path.map(String)];
  const source = sourceAt(tree, path);
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => unknownKey([...path, key].join('.'), source, shape));
  }
  const message = describeConfigIssue(issue);
  const isGiven = nodeAt(tree, path) !== undefined;
  return [
    { path: path.join('.'), message: isGiven && source ? `${message} (${source})` : message },
  ];
}

function unknownKey(path: string, source: string | undefined, shape: ConfigShape): ConfigProblem {
  const known = [...[...pathsOf(shape)].map(([key]) => key), ...kibanaSettings];
  const near = suggestKey(path, known);
  const hint = near === undefined ? '' : `; did you mean [${near}]?`;
  return { path, message: `unknown key${source === undefined ? '' : ` in ${source}`}${hint}` };
}

/** Splits the settings below an unknown key into settings of Kibana and misspelt keys. */
function splitByKibana(
  path: string,
  value: unknown,
): { readonly known: readonly Leaf[]; readonly unknown: readonly string[] } {
  const leaves = leavesOf(path, value);
  const known = leaves.filter(([leaf]) => isKibanaSetting(leaf));
  if (known.length === 0) return { known, unknown: [path] };
  const unknown = leaves.map(([leaf]) => leaf).filter((leaf) => !isKibanaSetting(leaf));
  return { known, unknown };
}

/** A setting: its complete path with dots, and its value. */
type Leaf = readonly [path: string, value: unknown];

function leavesOf(path: string, value: unknown): Leaf[] {
  const isBranch = kindOf(value) === 'object' && !(value instanceof ConfigText);
  const entries = isBranch ? entriesOf(value as object) : [];
  if (entries.length === 0) return [[path, value]];
  return entries.flatMap(([key, inner]) => leavesOf(`${path}.${key}`, inner));
}

const withoutEffect = (path: string, source: string): string =>
  `[${path}] is a setting of Kibana that has no effect here (${source}).`;

/**
 * Removes the problem that a section is missing if its key was already refused while it was read.
 */
function withoutConsequentialProblems(problems: readonly ConfigProblem[]): ConfigProblem[] {
  const seen = new Set<string | undefined>();
  return problems.filter(({ path }) => {
    if (path === undefined) return true;
    if (seen.has(path)) return false;
    seen.add(path);
    return true;
  });
}

function pick(values: ReadonlyMap<string, unknown>, path: string): unknown {
  if (!values.has(path)) throw new Error(`There is no configuration section [${path}]`);
  return values.get(path);
}
