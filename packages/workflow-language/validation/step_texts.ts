import type { DocumentPath } from '../document/document_positions.ts';
import { isHumanStep } from '../steps/step_type.ts';
import { ANY_NESTED, type StepNode } from './step_tree.ts';

/** Keys whose texts are names or schemas, and so are never rendered. */
const NOT_RENDERED = new Set(['name', 'id', 'type']);

/** A text, and its path in the document. */
export interface LocatedText {
  readonly path: DocumentPath;
  readonly text: string;
}

/** All texts in a value at any depth. */
export function textsIn(value: unknown, path: DocumentPath): readonly LocatedText[] {
  if (typeof value === 'string') return [{ path, text: value }];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, each]: [string, unknown]) =>
    textsIn(each, [...path, Array.isArray(value) ? Number(key) : key]),
  );
}

/** Texts of a step that are rendered, without the texts of its inner steps. */
export function textsOf({ step, path, stepType }: StepNode): readonly LocatedText[] {
  const nested = [
    ...(stepType?.nested ?? ANY_NESTED),
    ['on-failure', 'fallback'],
    ['iteration-on-failure', 'fallback'],
  ];
  const isHuman = isHumanStep(stepType);
  const collect = (value: unknown, below: DocumentPath): readonly LocatedText[] => {
    if (typeof value === 'string') return [{ path: [...path, ...below], text: value }];
    if (typeof value !== 'object' || value === null) return [];
    return Object.entries(value).flatMap(([key, each]: [string, unknown]) => {
      const segment = Array.isArray(value) ? Number(key) : key;
      const next = [...below, segment];
      const isNested = nested.some((list) => matchesPath(list, next));
      const isName = below.length === 0 && NOT_RENDERED.has(key);
      const isSchema = isHuman && next.join('.') === 'with.schema';
      return isNested || isName || isSchema ? [] : collect(each, next);
    });
  };
  return collect(step, []);
}

function matchesPath(pattern: readonly string[], path: DocumentPath): boolean {
  return (
    pattern.length === path.length &&
    pattern.every((segment, index) => segment === '*' || segment === String(path[index]))
  );
}

/**
 * Returns `true` if a text is read after a failure: in `on-failure`, including the steps of a
 * fallback.
 */
export const isReadAfterFailure = (path: DocumentPath): boolean =>
  path.some((key) => key === 'on-failure' || key === 'iteration-on-failure');
