import { findUnmappedField, searchedFields, unmappedFieldMessage } from '../filter/check_fields.ts';
import type { TypeModel } from '../model_versions/type_model.ts';
import { DEFAULT_NAMESPACE } from '../types/document_key.ts';
import { toSavedObject } from './read_attributes.ts';
import type { RepositoryContext } from './repository_context.ts';
import { resolveModel } from './resolve_target.ts';
import { isSavedObjectError, SavedObjectError } from './saved_object_error.ts';
import { fieldSelection, withFields } from './select_fields.ts';
import type { FindOptions, FindResult } from './types.ts';

const DEFAULT_PER_PAGE = 20;
/** Limit of `page * perPage`. Elasticsearch returns no results beyond it. */
const MAX_WINDOW = 10_000;

/**
 * Returns one page of a search.
 * @throws SavedObjectError `invalid_attributes` for a field without a mapping or a page beyond the
 * limit; `store_unavailable`
 */
export async function find<A extends object>(
  context: RepositoryContext,
  options: FindOptions,
): Promise<FindResult<A>> {
  const names = typeof options.type === 'string' ? [options.type] : options.type;
  const models = new Map(names.map((name) => [name, resolveModel(context, name)]));
  const { page = 1, perPage = DEFAULT_PER_PAGE, filter, sort, fields } = options;
  const { seesAllWrites = false } = options;
  checkPage(names.join(','), page, perPage);
  checkMapped([...models.values()], options);
  const selection = fieldSelection(context, [...models.values()], { fields });
  const namespaces = searchedNamespaces(options.namespaces);
  await migrateBeforeSearch(context, [...models.values()], options);
  const { documents, total } = await context.store.search({
    types: [...models.keys()],
    offset: (page - 1) * perPage,
    limit: perPage,
    ...(namespaces === undefined ? {} : { namespaces }),
    ...(filter === undefined ? {} : { filter }),
    ...(sort === undefined ? {} : { sort }),
    ...(seesAllWrites ? { seesAllWrites } : {}),
    ...(selection === undefined ? {} : { fields: selection }),
  });
  const savedObjects = documents.flatMap((document) => {
    try {
      const model = resolveModel(context, document.type);
      return [withFields(toSavedObject<A>(context, model, document, false), fields)];
    } catch (error) {
      if (!isSavedObjectError(error, 'newer_version')) throw error;
      context.onSkippedDocument(error);
      return [];
    }
  });
  return { savedObjects, total, page, perPage };
}

/** Returns the namespaces to search. `undefined`: all namespaces. */
export function searchedNamespaces(
  namespaces: readonly string[] | undefined,
): readonly string[] | undefined {
  if (namespaces === undefined) return [DEFAULT_NAMESPACE];
  return namespaces.includes('*') ? undefined : namespaces;
}

/**
 * Checks that every field of the request is mapped in every type.
 * @throws SavedObjectError `invalid_attributes` that names a field without a mapping
 */
export function checkMapped(
  models: readonly TypeModel[],
  request: Pick<FindOptions, 'filter' | 'sort'>,
): void {
  const types = models.map(({ type, mappings }) => ({ name: type.name, mappings }));
  const unmapped = findUnmappedField(types, request);
  if (unmapped === undefined) return;
  const { type, field } = unmapped;
  throw new SavedObjectError('invalid_attributes', unmappedFieldMessage(type, field), {
    type,
    attribute: field,
  });
}

/**
 * Migrates outdated documents before a search that would miss them. A document that an older build
 * wrote lacks attributes that a newer version fills in, so a search by such an attribute cannot
 * find it. Does nothing when all fields of the request were mapped in version 1.
 */
export async function migrateBeforeSearch(
  context: RepositoryContext,
  models: readonly TypeModel[],
  request: Pick<FindOptions, 'filter' | 'sort'>,
): Promise<void> {
  const fields = searchedFields(request);
  for (const model of models) {
    const usesNewerField = fields.some((field) => (model.mappedSince[field] ?? 1) > 1);
    if (usesNewerField) await context.migrateNow(model);
  }
}

function checkPage(type: string, page: number, perPage: number): void {
  const isPage = Number.isInteger(page) && page >= 1;
  const isPerPage = Number.isInteger(perPage) && perPage >= 0;
  if (isPage && isPerPage && page * perPage <= MAX_WINDOW) return;
  throw new SavedObjectError(
    'invalid_attributes',
    `A search can return only the first ${MAX_WINDOW} objects: use a smaller page or perPage, or iterate.`,
    { type, attribute: 'page' },
  );
}
