/** TypeIDs to and from uuids (see contracts/ids). */
import { ID_PREFIXES, type IdKind, idSchema } from '@rookery/contracts/ids';
import { TypeID, typeid } from 'typeid-js';

export function newId(kind: IdKind): string {
  return typeid(ID_PREFIXES[kind]).toString();
}

/** `dep_…` to the uuid in the database; null when the text is no id of that kind. */
export function uuidOf(kind: IdKind, id: string): string | null {
  if (!idSchema(kind).safeParse(id).success) return null;
  return TypeID.fromString(id, ID_PREFIXES[kind]).toUUID();
}

export function idOf(kind: IdKind, uuid: string): string {
  return TypeID.fromUUID(ID_PREFIXES[kind], uuid).toString();
}

/** The kind that an id says it is of; null for other text. */
export function kindOf(id: string): IdKind | null {
  const prefix = id.slice(0, id.lastIndexOf('_'));
  const found = Object.entries(ID_PREFIXES).find(([, value]) => value === prefix);
  return found ? (found[0] as IdKind) : null;
}
