import type { DocumentPath } from '../document/document_positions.ts';
import type { StepRegistry } from '../steps/step_registry.ts';
import { outlineOf } from './outline.ts';
import { outlineAt, outlineValue } from './outline_node.ts';
import { stepsOf } from './place_schema.ts';

/** A step and where it stands. Offsets in UTF-16 units; ends are exclusive. */
export interface StepPlace {
  readonly path: DocumentPath;
  /** Number of steps around it. */
  readonly depth: number;
  /** Absent while it is being typed. */
  readonly name?: string;
  readonly type?: string;
  /** Start of its first key. */
  readonly start: number;
  /** Connector type that `connector-id` must have, such as `.google_drive`; absent for others. */
  readonly connectorTypeId?: string;
  /** Name of the action of the connector; absent for others. */
  readonly action?: string;
  /** The text of `connector-id`, without quotes; absent if the step has none. */
  readonly connector?: { readonly text: string; readonly start: number; readonly end: number };
}

/** All steps of a text in their order, also of a text that is not YAML yet. */
export function stepPlaces(text: string, registry: StepRegistry): readonly StepPlace[] {
  const outline = outlineOf(text);
  return stepsOf(outlineValue(outline), registry)
    .map((node): StepPlace => {
      const entries = outlineAt(outline, node.path)?.entries;
      const type = node.step['type'];
      const connector = entries?.find(({ key }) => key === 'connector-id')?.value;
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
        ...(connector?.text !== undefined && {
          connector: {
            text: connector.text,
            start: connector.start + (connector.style === 'quoted' ? 1 : 0),
            end:
              connector.style === 'quoted'
                ? connector.start + 1 + connector.text.length
                : connector.end,
          },
        }),
      };
    })
    .toSorted((a, b) => a.start - b.start);
}
