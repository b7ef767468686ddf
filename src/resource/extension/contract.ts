// What a type of `spec.extension` is: a version of it never changes what it means, another meaning is another version.
import type { z } from 'zod';

export interface ExtensionType {
  /** One sentence for the list of them. */
  readonly summary: string;
  /** A strict mapping whose `apiVersion` is the type's name. */
  readonly definition: z.ZodType;
}
