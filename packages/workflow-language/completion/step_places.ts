import type { DocumentPath } from '../document/document_positions.ts';
import type { StepRegistry } from '../steps/step_registry.ts';
import { readWorkflowReference } from '../validation/workflow_references.ts';
import { outlineOf } from './outline.ts';
import { type OutlineNode, outlineAt, outlineValue } from './outline_node.ts';
import { stepsOf } from './place_schema.ts';

/** A step and its position in the text. Offsets are in UTF-16 units; ends are exclusive. */
export interface StepPlace {
  readonly path: DocumentPath;
  /** Number of enclosing steps. */
  readonly depth: number;
  /** Name of the step. Absent: it is not typed yet. */
  readonly name?: string;
  readonly type?: string;
  /** Offset of its first key. */
  readonly start: number;
  /**
   * Id of the connector type that the step needs, such as `.google_drive`. Absent: it needs no
   * connector.
   */
  readonly connectorTypeId?: string;
  /** Name of the connector's action. Absent: the step executes none. */
  readonly action?: string;
  /** The text of `connector-id`, without quotes; absent if the step has none. */
  readonly connector?: TextRange;
  /** The text of `workflow-id`, without quotes; absent if the step starts no workflow. */
  readonly workflow?: TextRange;
}

/** A text and where it stands. */
interface TextRange {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/** All steps of a text in their order, even if the text is not valid YAML. */
export function stepPlaces(text: string, registry: StepRegistry): readonly StepPlace[] {
  const outline = outlineOf(text);
  return stepsOf(outlineValue(outline), registry)
    .map((node): StepPlace => {
      const entries = outlineAt(outline, node.path)?.entries;
      const type = node.step['type'];
      const connector = entries?.find(({ key }) => key === 'connector-id')?.value;
      const settings = outlineAt(outline, [...node.path, 'with'])?.entries;
      const workflow = settings?.find(({ key }) => key === 'workflow-id')?.value;
      let depth = 0;
      for (let each = node.parent; each !== undefined; each = each.parent) depth += 1;
      return {
        path: node.path,
        depth,
        ...(node.name !== undefined && { name: node.name }),
        ...(typeof type === 'string' && { type }),
        start: entries?.[0]?.start ?? outlineAt(outline, node.path)?.start ?? 0,
        ...(node.stepType?.connectorTypeId !== undefined && {
          connectorTypeId: node.stepType.connectorTypeId,
        }),
        ...(node.stepType?.action !== undefined && { action: node.stepType.action }),
        ...rangeOf('connector', connector),
        ...(readWorkflowReference(node) !== undefined && rangeOf('workflow', workflow)),
      };
    })
    .toSorted((a, b) => a.start - b.start);
}

function rangeOf(
  key: 'connector' | 'workflow',
  value: OutlineNode | undefined,
): { readonly [K in 'connector' | 'workflow']?: TextRange } {
  if (value?.text === undefined) return {};
  const { text, style, start, end } = value;
  const isQuoted = style === 'quoted';
  return {
    [key]: {
      text,
      start: isQuoted ? start + 1 : start,
      end: isQuoted ? start + 1 + text.length : end,
    },
  };
}
