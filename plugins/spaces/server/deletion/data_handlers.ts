import type { SavedObjectsType } from '@latchkey/saved-objects';
import { z } from 'zod';
import type { SpaceDataHandler } from '../types.ts';

/** The handlers that plugins registered, in the order of their registration. */
export class SpaceDataHandlers {
  readonly #handlers: SpaceDataHandler[] = [];

  /**
   * Adds a handler for the data of spaces.
   * @throws Error on a duplicate id, or a type that another handler has
   */
  register(handler: SpaceDataHandler): void {
    for (const other of this.#handlers) {
      if (other.id === handler.id)
        throw new Error(`Space data handler [${handler.id}] is registered twice.`);
      const shared = handler.types.find((type) => other.types.includes(type));
      if (shared !== undefined)
        throw new Error(
          `Space data handlers [${other.id}] and [${handler.id}] both name the saved-object type [${shared}].`,
        );
    }
    this.#handlers.push(handler);
  }

  list(): readonly SpaceDataHandler[] {
    return this.#handlers;
  }

  /**
   * Checks that every type with data per space has a handler.
   * @throws Error naming the types that store data per space and have no handler
   */
  ensureComplete(types: readonly SavedObjectsType[]): void {
    const handled = new Set(this.#handlers.flatMap((handler) => handler.types));
    const missing = types.filter((type) => hasDataPerSpace(type) && !handled.has(type.name));
    if (missing.length === 0) return;
    throw new Error(
      `Saved-object types without a space data handler: ${missing.map(({ name }) => `[${name}]`).join(', ')}. ` +
        "Call `registerDataHandler` of the plugin `spaces` in setup, and name the type in the handler's `types`.",
    );
  }
}

const NAMES_A_SPACE = /space/i;

/**
 * Types with one document per space, and types without a space whose documents may name one: an
 * attribute at any depth has `space` in its name (`spaceId`, `spaces`, `namespace`).
 */
function hasDataPerSpace({ namespaceType, mappings, modelVersions }: SavedObjectsType): boolean {
  if (namespaceType !== 'agnostic') return true;
  const names = new Set(Object.keys(mappings.properties));
  for (const { schemas } of Object.values(modelVersions)) addNames(schemas.create, names);
  return [...names].some((name) => NAMES_A_SPACE.test(name));
}

/** Adds the names of all attributes of a schema, nested ones included. */
function addNames(schema: unknown, names: Set<string>, seen = new Set<unknown>()): void {
  if (typeof schema !== 'object' || schema === null || seen.has(schema)) return;
  seen.add(schema);
  if (schema instanceof z.ZodObject) {
    for (const name of Object.keys(schema.shape)) names.add(name);
  }
  // The schemas inside of a schema are members of its definition, or lists or objects of them.
  const inner = '_zod' in schema ? Object(schema._zod).def : schema;
  for (const value of Object.values(inner)) addNames(value, names, seen);
}
