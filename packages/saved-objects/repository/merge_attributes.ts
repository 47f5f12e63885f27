import type { core } from 'zod';
import { knownPart } from '../model_versions/parse_known.ts';
import type { StoredDocument } from '../store/document_store.ts';
import type { SavedObjectKey } from '../types/saved_object.ts';
import { carryUnknown } from './carry_unknown.ts';
import type { EncryptionExtension } from './encryption_extension.ts';
import { encryptedAttributes, plaintextOf, upgradeReadable } from './read_attributes.ts';
import type { Target } from './resolve_target.ts';
import { isSavedObjectError } from './saved_object_error.ts';
import { invalidAttributes, validateAttributes, withoutUndefined } from './validate_attributes.ts';

type Attributes = Readonly<Record<string, unknown>>;

/** The merged attributes of an update, in plaintext. */
export interface MergedAttributes {
  /** Includes attributes of the stored document that this build does not know. */
  readonly toStore: Record<string, unknown>;
  /** Attributes to return: only those that this build knows. */
  readonly toReturn: Record<string, unknown>;
}

/**
 * Merges a patch into a stored document and validates the result.
 *
 * Encrypted attributes are decrypted only when the patch does not replace all of them. So a
 * document with damaged ciphertext can be repaired by an update that sets or removes all of its
 * encrypted attributes, as a new authorization does.
 * @throws SavedObjectError `undecryptable`, `invalid_attributes`, `newer_version`
 */
export function mergeAttributes(
  encryption: EncryptionExtension | undefined,
  target: Target,
  document: StoredDocument,
  patch: Attributes,
): MergedAttributes {
  const plain = decryptKept(encryption, target, document, patch);
  return document.modelVersion > target.model.newest
    ? mergeIntoNewer(target, plain, patch)
    : mergeIntoKnown(target, plain, patch);
}

interface PlainDocument {
  /** The stored attributes, in their stored model version. */
  readonly stored: Attributes;
  /** The attributes in the newest model version of this build. */
  readonly upgraded: Attributes;
}

function decryptKept(
  encryption: EncryptionExtension | undefined,
  { model, id, namespace }: Target,
  document: StoredDocument,
  patch: Attributes,
): PlainDocument {
  const type = model.type.name;
  const { attributes } = document;
  const upgraded = upgradeReadable(model, document);
  const encrypted = encryptedAttributes(encryption, type, attributes);
  if (encryption === undefined || encrypted.length === 0) {
    return { stored: attributes, upgraded };
  }
  const key = { type, id, namespace };
  const isAllReplaced = encrypted.every((name) => Object.hasOwn(patch, name));
  const stored = isAllReplaced
    ? decryptReplaced(encryption, key, attributes, document.modelVersion > model.newest)
    : encryption.decrypt(key, attributes);
  return {
    stored,
    upgraded: plaintextOf(model, document, { upgraded, decrypted: stored, encrypted }),
  };
}

/**
 * Returns the attributes of a document whose encrypted attributes are all replaced. These are
 * decrypted only in a document of a newer build, to keep members that this build does not know. If
 * they cannot be decrypted, they are left out, so that the update can repair the document.
 */
function decryptReplaced(
  encryption: EncryptionExtension,
  key: SavedObjectKey,
  attributes: Attributes,
  isNewer: boolean,
): Attributes {
  if (!isNewer) return encryption.strip(key.type, attributes);
  try {
    return encryption.decrypt(key, attributes);
  } catch (error) {
    if (!isSavedObjectError(error, 'undecryptable')) throw error;
    return encryption.strip(key.type, attributes);
  }
}

function mergeIntoKnown(target: Target, plain: PlainDocument, patch: Attributes): MergedAttributes {
  const { knownAttributes } = target.model;
  const unknown: Record<string, unknown> = {};
  const known: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(plain.upgraded)) {
    const isKnown = knownAttributes === undefined || knownAttributes.has(name);
    (isKnown ? known : unknown)[name] = value;
  }
  const validated = validateAttributes(target.model, { ...known, ...patch }, target.id);
  const merged = { ...unknown, ...validated };
  return { toStore: merged, toReturn: merged };
}

/**
 * Merges a patch into a document that a newer build wrote. Changes only the attributes of the
 * patch, and inside objects only the members that this build knows. Other attributes may have
 * values that the schema of this build refuses, so only the attributes of the patch are validated.
 */
function mergeIntoNewer(target: Target, plain: PlainDocument, patch: Attributes): MergedAttributes {
  const { model, id } = target;
  const { knownAttributes } = model;
  const known = Object.entries(plain.upgraded).filter(
    ([name]) => knownAttributes === undefined || knownAttributes.has(name),
  );
  const candidate = withoutUndefined({ ...Object.fromEntries(known), ...patch });
  const result = model.create.safeParse(candidate);
  const issues = (result.error?.issues ?? []).filter((issue) => concernsPatch(issue, patch));
  if (issues.length > 0) throw invalidAttributes(model, id, issues);
  const accepted = result.data ?? candidate;
  const changes = Object.fromEntries(Object.keys(patch).map((name) => [name, accepted[name]]));
  const carried = Object.entries(changes).map(([name, next]) => {
    const stored = plain.stored[name];
    return [name, carryUnknown(stored, knownPart(model, name, stored), next)];
  });
  return {
    toStore: withoutUndefined({ ...plain.stored, ...Object.fromEntries(carried) }),
    toReturn: withoutUndefined({ ...plain.upgraded, ...changes }),
  };
}

/**
 * Returns `true` if an issue concerns an attribute of the patch. The schema of this build may also
 * reject stored attributes, which the patch does not change.
 */
function concernsPatch(issue: core.$ZodIssue, patch: Attributes): boolean {
  const [attribute] = issue.path;
  if (attribute !== undefined) return Object.hasOwn(patch, attribute);
  return issue.code !== 'unrecognized_keys' || issue.keys.some((key) => Object.hasOwn(patch, key));
}
