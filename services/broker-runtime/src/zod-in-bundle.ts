/**
 * The parts of zod that our contracts use. The bundle takes this in place of the whole library, whose namespace object
 * defeats tree shaking: all of it would cost every idle broker ten megabytes. A contract that uses another part fails
 * when the bundle starts; add that part here.
 */
import {
  array,
  boolean,
  discriminatedUnion,
  enum as enumeration,
  literal,
  number,
  object,
  record,
  strictObject,
  string,
  union,
  unknown,
} from 'zod';

export const z = {
  array,
  boolean,
  discriminatedUnion,
  enum: enumeration,
  literal,
  number,
  object,
  record,
  strictObject,
  string,
  union,
  unknown,
};
