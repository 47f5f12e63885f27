import { isRecord } from '@latchkey/oauth-providers';
import type { JsonSchema } from '../../schema/index.ts';
import { fieldsOf, itemsOf } from './output_mask.ts';

/** Fields that a partial response has. `*`: all. */
type Selection = Map<string, Selection>;

/**
 * Paths of a mask that a partial response lacks.
 * @param fields value of Google's parameter `fields`: `files(id,owners/name),nextPageToken`
 */
export function unselectedFields(fields: string, mask: JsonSchema, path = ''): string[] {
  return unselected(selectionOf(fields), mask, path);
}

function unselected(selection: Selection, mask: JsonSchema, path: string): string[] {
  const items = itemsOf(mask);
  if (items.length > 0) return items.flatMap((item) => unselected(selection, item, path));
  return [...fieldsOf(mask)].flatMap(([name, masks]) => {
    if (selection.has('*')) return [];
    const inner = selection.get(name);
    const where = path === '' ? name : `${path}.${name}`;
    if (inner === undefined) return [where];
    // A field without a selection of its own has all its fields.
    return inner.size === 0
      ? []
      : masks.filter(isRecord).flatMap((one) => unselected(inner, one, where));
  });
}

function selectionOf(fields: string): Selection {
  const root: Selection = new Map();
  const stack: Selection[] = [root];
  let current = root;
  for (const token of fields.replaceAll(/\s/g, '').match(/[^,()/.]+|[,()/.]/g) ?? []) {
    const top = stack.at(-1) ?? root;
    if (token === ',') current = top;
    else if (token === '(') stack.push(current);
    else if (token === ')') current = stack.pop() ?? root;
    else if (token !== '/' && token !== '.') {
      const inner: Selection = current.get(token) ?? new Map();
      current.set(token, inner);
      current = inner;
    }
  }
  return root;
}
